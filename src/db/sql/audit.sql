-- The audit trail: written through db/record.h, sealed and read by src/account/audit_*.c.

-- name: audit_journal_insert(id bigint, events bytea) -> count
INSERT INTO audit_journal (id, events) VALUES (:id, :events);
