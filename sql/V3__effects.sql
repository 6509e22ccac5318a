-- No foreign key to users: the log outlives them.
CREATE TABLE audit_log (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  action   text NOT NULL,
  user_id  bigint NOT NULL,
  at       timestamptz NOT NULL,
  detail   jsonb NOT NULL
);

CREATE INDEX audit_log_user ON audit_log (user_id, at);

CREATE TABLE deliveries (
  event_id     uuid NOT NULL,
  channel      text NOT NULL,
  delivered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, channel)
);

-- What a channel gave up. A row that was replayed or discarded stays, closed, so that the journal
-- never delivers it again.
CREATE TABLE dead_letters (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id  uuid NOT NULL,
  channel   text NOT NULL,
  event     jsonb NOT NULL,
  attempts  integer NOT NULL,
  reason    text NOT NULL,
  died_at   timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  UNIQUE (event_id, channel)
);
