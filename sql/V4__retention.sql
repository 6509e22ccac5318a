-- Until when a replay of the letter is under way: of several replays one delivers it.
ALTER TABLE dead_letters ADD COLUMN claimed_until timestamptz;

-- Find the oldest rows, which are deleted in steps.
CREATE INDEX deliveries_age ON deliveries (delivered_at);
CREATE INDEX dead_letters_closed ON dead_letters (closed_at) WHERE closed_at IS NOT NULL;
