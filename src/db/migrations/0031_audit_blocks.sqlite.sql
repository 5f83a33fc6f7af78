-- What segments of the audit trail are found by: one row for each segment, and for many segments a block, where a row was written for
-- each name of each segment before. The server makes it anew of the segments.
DROP TABLE audit_index;
DROP TABLE audit_mentions;

-- Of a segment that is in no block yet: what it tells of, as numbers of four bytes.
CREATE TABLE audit_recent (
        segment  INTEGER PRIMARY KEY,
        mentions BLOB    NOT NULL
);

-- Of segments in a row, in rows by the first byte of these numbers: the other three, and the segment's distance from the first.
CREATE TABLE audit_blocks (
        bucket        INTEGER NOT NULL,
        last_segment  INTEGER NOT NULL,
        first_segment INTEGER NOT NULL,
        mentions      BLOB    NOT NULL,
        PRIMARY KEY (bucket, last_segment)
);
