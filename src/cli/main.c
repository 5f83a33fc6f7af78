/* Entry point: the name that the binary was started under decides which program it is. */
#include "base/str.h"
#include "cli/command.h"

const struct program program_gatehouse = {
        .name = "gatehouse",
        .summary = "single sign-on and API gate for an agent platform",
        .commands = {
                { "serve", "run the server", command_serve },
                { "user create", "add a person's account", command_user_create },
                { "user disable", "lock a person out, at once", command_user_disable },
                { "user enable", "let a person in again", command_user_enable },
                { "user set-password", "give a person a new password", command_user_set_password },
                { "cleanup", "remove expired codes, tokens and sessions once", command_cleanup },
                { "revoke-all", "end all access and all sessions, after a restore", command_revoke_all },
                { "import platform", "bring people, keys, apps and tokens over from an AutoGPT Platform",
                  command_import_platform },
                { "vault rotate-key", "seal stored credentials under a new key", command_vault_rotate_key },
                { "vault check", "see whether every stored credential can be opened", command_vault_check },
                { "store import", "bring listings and their agents into the store", command_store_import },
                { "reset-clock", "start from this machine's time again, after a wrong clock", command_reset_clock },
                { "audit verify", "hold the audit trail against its seals", command_audit_verify },
                { "audit export", "print the audit trail as JSON lines", command_audit_export },
                { "migrate", "bring the database's schema up to date", command_migrate },
                { "export-api-schema", "print the OpenAPI documents", command_export_api_schema },
                { "version", "print the version", command_version },
        },
};

const struct program program_oauth_tool = {
        .name = "oauth-tool",
        .summary = "makes, checks and tries OAuth apps",
        .commands = {
                { "generate-app", "make an app's credentials, and register it or print SQL", command_generate_app },
                { "hash-secret", "hash a client secret for the database", command_hash_secret },
                { "validate-secret", "check a client secret against its hash", command_validate_secret },
                { "test-server", "try the sign-in step by step with a temporary app", command_test_server },
        },
};

int main(int argc, char **argv) {
        const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
        struct str name = str_of(slash ? slash + 1 : argc > 0 ? argv[0] : "");

        if (str_eq(name, STR("export-api-schema")))
                return command_export_api_schema(argc, argv);
        return program_run(str_eq(name, STR("oauth-tool")) ? &program_oauth_tool : &program_gatehouse, argc,
                           argv);
}
