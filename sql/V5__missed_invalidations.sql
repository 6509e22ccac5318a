-- Keys of Redis that a node could not mark as changed: whichever node has Redis deletes them there,
-- and then the row. Nearly always empty.
CREATE TABLE missed_invalidations (
  id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL
);
