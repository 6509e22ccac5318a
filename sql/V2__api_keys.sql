CREATE TABLE api_keys (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL,
  -- SHA-256 of the key, in hexadecimal: the key itself is shown once and kept nowhere.
  key_hash   text NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
  -- NULL: the limit that the service sets for all.
  per_minute integer CHECK (per_minute > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

-- The first answer to each Idempotency-Key, committed together with what the request did.
CREATE TABLE idempotency_keys (
  api_key_id   bigint NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  status       integer NOT NULL,
  headers      jsonb NOT NULL,
  body         bytea NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (api_key_id, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
