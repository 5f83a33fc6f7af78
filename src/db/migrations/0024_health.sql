-- What administrators see of the servers.

-- Which program holds a number, and since when; 0 and empty of one that wrote neither.
ALTER TABLE nodes ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN started_at BIGINT NOT NULL DEFAULT 0;

-- When a job last came to its end, on whichever node, and how much it did.
CREATE TABLE job_marks (
        name   TEXT   PRIMARY KEY,
        at     BIGINT NOT NULL,
        amount BIGINT NOT NULL
);
