-- Lets the planner take every user for one with 20 orders. By its own sample, where a few users have
-- nearly all, it takes each for one of those, whose newest orders are the newest of all: it then
-- looks for the page of another user there, through the whole table.
ALTER TABLE orders ALTER COLUMN user_id SET (n_distinct = -0.05);
ANALYZE orders;
