-- Intake on PostgreSQL, the flush manifest and usage. The schema `engine` is made by the migrator.

-- One row per accepted batch until it is stored. The body is written once, read once or twice, and deleted. It comes
-- compressed from the queue (`encoding`), and `bytes` counts it decompressed: bodies of 370 KB cost 1.1 ms of the server's
-- processor and 90 KB of WAL a batch that way, against 4.9 ms and 410 KB uncompressed and 6.5 ms and 150 KB with pglz.
CREATE TABLE engine.intake (
  batch_id     uuid        PRIMARY KEY,
  org_id       text        NOT NULL,
  key_id       text        NOT NULL,
  signal       text        NOT NULL,
  protocol     text        NOT NULL,
  items        integer     NOT NULL,
  bytes        integer     NOT NULL,
  accepted_at  timestamptz NOT NULL,
  encoding     text        NOT NULL CHECK (encoding IN ('identity', 'deflate')),
  body         bytea       NOT NULL,
  claimed_by   text,
  claim_until  timestamptz,
  deliveries   integer     NOT NULL DEFAULT 0
) WITH (
  -- Claims are written beside the row they change (no indexed column changes), so they touch no index.
  fillfactor = 60,
  -- Every row dies young. Vacuum by number, not by share: at 150 batches a second that is every naptime, and the space
  -- is used again. Measured over 20,000 batches of 370 KB: no more than 800 MB at a naptime of 60 s.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 100000,
  autovacuum_vacuum_cost_delay = 0,
  -- Row estimates of an emptied queue must not turn claims into sequential scans.
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 1000000000,
  toast.autovacuum_vacuum_scale_factor = 0,
  toast.autovacuum_vacuum_threshold = 10000,
  toast.autovacuum_vacuum_insert_scale_factor = 0,
  toast.autovacuum_vacuum_insert_threshold = 1000000,
  toast.autovacuum_vacuum_cost_delay = 0
);
ALTER TABLE engine.intake ALTER COLUMN body SET STORAGE EXTERNAL;
-- Claims take the oldest of a signal. Without the id, or a plan made for a few rows would look ids up here.
CREATE INDEX intake_order ON engine.intake (signal, accepted_at);
-- The low watermark of an org and signal is the first entry of this index.
CREATE INDEX intake_watermark ON engine.intake (org_id, signal, accepted_at);

-- First answers, by the hash of org, key, path and idempotency key (or signature).
CREATE TABLE engine.idempotency (
  scope       bytea       PRIMARY KEY,
  body_hash   bytea       NOT NULL,
  batch_id    uuid        NOT NULL,
  items       integer     NOT NULL,
  accepted_at timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX idempotency_expiry ON engine.idempotency (expires_at);

-- Batches that cannot be stored, encrypted, with the reason.
CREATE TABLE engine.dead_letter (
  batch_id    uuid        PRIMARY KEY,
  org_id      text        NOT NULL,
  key_id      text        NOT NULL,
  signal      text        NOT NULL,
  protocol    text        NOT NULL,
  items       integer     NOT NULL,
  bytes       integer     NOT NULL,
  accepted_at timestamptz NOT NULL,
  dead_at     timestamptz NOT NULL DEFAULT now(),
  reason      text        NOT NULL,
  -- How the body is to be read once it is opened.
  encoding    text        NOT NULL CHECK (encoding IN ('identity', 'deflate')),
  sealed_body bytea       NOT NULL
);
ALTER TABLE engine.dead_letter ALTER COLUMN sealed_body SET STORAGE EXTERNAL;
CREATE INDEX dead_letter_by_org ON engine.dead_letter (org_id, dead_at);

-- Flush ids are handed out under an advisory lock, so their order is the order of commit.
CREATE SEQUENCE engine.flush_id;

CREATE TABLE engine.flush (
  id          bigint      PRIMARY KEY,
  signal      text        NOT NULL,
  owner       text        NOT NULL,
  lease_until timestamptz NOT NULL,
  opened_at   timestamptz NOT NULL DEFAULT now(),
  closed_at   timestamptz
) WITH (
  -- Every close leaves a dead entry in `flush_open`, which each snapshot reads past: 9 ms after 300,000 of them, against
  -- 0.1 ms after a vacuum. By its own measure vacuum would skip an index for so few.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000,
  vacuum_index_cleanup = on
);
CREATE INDEX flush_open ON engine.flush (id) WHERE closed_at IS NULL;

-- A batch belongs to one flush: a stolen batch cannot join another. Kept for days after the flush is closed.
CREATE TABLE engine.flush_batch (
  batch_id uuid   PRIMARY KEY,
  flush_id bigint NOT NULL REFERENCES engine.flush (id) ON DELETE CASCADE,
  position integer NOT NULL
);
CREATE INDEX flush_batch_by_flush ON engine.flush_batch (flush_id);

-- What a flush adds, per org and hour of acceptance. `slices` lists the 10 s slices it touches.
CREATE TABLE engine.flush_line (
  flush_id      bigint      NOT NULL REFERENCES engine.flush (id) ON DELETE CASCADE,
  org_id        text        NOT NULL,
  signal        text        NOT NULL,
  accepted_hour timestamptz NOT NULL,
  first_slice   integer     NOT NULL,
  last_slice    integer     NOT NULL,
  slices        integer[]   NOT NULL,
  rows          bigint      NOT NULL,
  bytes         bigint      NOT NULL,
  PRIMARY KEY (flush_id, org_id, accepted_hour)
);
CREATE INDEX flush_line_by_org ON engine.flush_line (org_id, signal, flush_id);

-- Counted in the transaction that closes a flush.
CREATE TABLE engine.usage_hour (
  org_id   text        NOT NULL,
  meter    text        NOT NULL,
  hour     timestamptz NOT NULL,
  quantity bigint      NOT NULL,
  PRIMARY KEY (org_id, meter, hour)
);
