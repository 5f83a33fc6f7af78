-- Guesses, counted by the generic cell rate algorithm. `free_at` is the theoretical arrival time: each guess that is let
-- through moves it on by `interval` milliseconds, and a guess is let through while it lies no more than `burst_ms`
-- ahead of now. With a burst of b guesses, burst_ms is (b - 1) * interval.

-- row: throttle
--   free_at bigint

-- Takes one guess, if it is allowed: found, with the new free_at. Not found: refused, and nothing changed; the next one is
-- allowed at free_at - burst_ms, which throttle_find() tells. One statement, so that parallel guesses can't pass together.
-- name: throttle_take(name text, now bigint, interval bigint, burst_ms bigint) -> throttle?
INSERT INTO throttles (name, free_at) VALUES (:name, :now + :interval)
ON CONFLICT (name) DO UPDATE
SET free_at = CASE WHEN throttles.free_at > :now THEN throttles.free_at ELSE :now END + :interval
WHERE throttles.free_at <= :now + :burst_ms
RETURNING free_at;

-- name: throttle_find(name text) -> throttle?
SELECT free_at FROM throttles WHERE name = :name;

-- Gives one guess back: it was right, or it was not tested at all.
-- name: throttle_refund(name text, interval bigint) -> count
UPDATE throttles SET free_at = free_at - :interval WHERE name = :name;

-- Forgets all guesses.
-- name: throttle_clear(name text) -> count
DELETE FROM throttles WHERE name = :name;
