-- The greatest time that a node's clock told: a server that starts with its clock behind that would revive what has
-- expired (src/db/node.h).
ALTER TABLE nodes ADD COLUMN clock_at BIGINT NOT NULL DEFAULT 0;
