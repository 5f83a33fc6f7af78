-- Which segments of the audit trail tell of a person, an app, a key or a kind of event: 31 bits of the name's hash, and behind
-- them 32 of the segment's number. What is found may tell of something else, too, and is looked at. One number is written in a
-- third of the time of a name. audit_index has what was sealed before, and is not added to any more.
CREATE TABLE audit_mentions (
        mention BIGINT PRIMARY KEY
);
