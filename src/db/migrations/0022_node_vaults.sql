-- The keys of the vault that running servers have, so that none is brought in that one of them lacks (src/integrations/vault_nodes.h).
-- owner: as in nodes, who had the number when it said so. place: where its key file lies, empty for keys from the environment.
CREATE TABLE node_vaults (
        node  BIGINT PRIMARY KEY,
        owner TEXT   NOT NULL,
        place TEXT   NOT NULL,
        keys  TEXT   NOT NULL
);
