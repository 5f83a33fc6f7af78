-- The index of the audit trail without a table beside it: every row stood in both, which half of the writing was for.
ALTER TABLE audit_index RENAME TO audit_index_before;
CREATE TABLE audit_index (
        name    TEXT    NOT NULL,
        segment INTEGER NOT NULL,
        PRIMARY KEY (name, segment)
) WITHOUT ROWID;
INSERT INTO audit_index (name, segment) SELECT name, segment FROM audit_index_before ORDER BY name, segment;
DROP TABLE audit_index_before;
