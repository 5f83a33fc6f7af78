-- What segments of the audit trail are found by: one row for each segment, and for many segments a block, where a row was written for
-- each name of each segment before. The server makes it anew of the segments.

-- Of a segment that is in no block yet: what it tells of, as numbers of four bytes.
CREATE TABLE audit_recent (
        segment  BIGINT PRIMARY KEY,
        mentions BYTEA  NOT NULL
);

-- Of segments in a row, in rows by the first byte of these numbers: the other three, and the segment's distance from the first.
CREATE TABLE audit_blocks (
        bucket        BIGINT NOT NULL,
        last_segment  BIGINT NOT NULL,
        first_segment BIGINT NOT NULL,
        mentions      BYTEA  NOT NULL,
        PRIMARY KEY (bucket, last_segment)
);

-- Nodes of the version before, which may run beside while they are replaced, write to these; a later migration drops them. What stood in
-- them is of use to nobody else.
COMMENT ON TABLE audit_index IS 'not used any more';
COMMENT ON TABLE audit_mentions IS 'not used any more';
