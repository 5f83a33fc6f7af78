#include "account/device.h"

#include "pages/page.h"

struct sign {
        struct str mark;
        const char *name;
};

/* The first that is found counts: most browsers also name those whose pages they want. */
static const struct sign browsers[] = {
        { STR_INIT("Edg"), "Edge" },
        { STR_INIT("OPR/"), "Opera" },
        { STR_INIT("SamsungBrowser"), "Samsung Internet" },
        { STR_INIT("Firefox/"), "Firefox" },
        { STR_INIT("FxiOS/"), "Firefox" },
        { STR_INIT("CriOS/"), "Chrome" },
        { STR_INIT("HeadlessChrome/"), "Chrome" },
        { STR_INIT("Chrome/"), "Chrome" },
        { STR_INIT("Safari/"), "Safari" },
        { STR_INIT("curl/"), "curl" },
};

static const struct sign systems[] = {
        { STR_INIT("iPhone"), "iPhone" },   { STR_INIT("iPad"), "iPad" },
        { STR_INIT("Android"), "Android" }, { STR_INIT("Windows"), "Windows" },
        { STR_INIT("Mac OS X"), "macOS" },  { STR_INIT("CrOS"), "ChromeOS" },
        { STR_INIT("Linux"), "Linux" },
};

static bool has(struct str text, struct str part) {
        for (size_t i = 0; i + part.len <= text.len; i++) {
                if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
                        return true;
        }
        return false;
}

static struct str name_in(struct str text, const struct sign *signs, size_t n) {
        for (size_t i = 0; i < n; i++) {
                if (has(text, signs[i].mark))
                        return str_of(signs[i].name);
        }
        return STR_NULL;
}

struct str device_text(struct request *req, struct str user_agent) {
        struct str browser = name_in(user_agent, browsers, ARRAY_LENGTH(browsers));
        struct str system = name_in(user_agent, systems, ARRAY_LENGTH(systems));

        if (!browser.ptr)
                browser = page_text(req, TEXT("Unknown browser"));
        if (!system.ptr)
                return browser;
        return text_fill(&req->arena, page_text(req, TEXT("{0} on {1}")), (struct str[]){ browser, system },
                         2);
}
