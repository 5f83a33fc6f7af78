-- What SQLite's version of this migration changes was never so here: a table's rows are not in its index again.
COMMENT ON TABLE audit_index IS 'which segments tell of a person, an app, a key or a kind of event';
