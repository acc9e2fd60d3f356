-- Evaluation: slices, what is covered, instances, ticks, leases, and the outbox.

-- Partials of a measure and group over one 10 s slice. `measure` is the SHA-256 of its canonical form.
CREATE TABLE engine.slice (
  org_id   text             NOT NULL,
  measure  bytea            NOT NULL,
  slice    integer          NOT NULL,
  labels   text             NOT NULL,
  count    bigint           NOT NULL,
  sum      double precision NOT NULL,
  min      double precision NOT NULL,
  max      double precision NOT NULL,
  sketch   jsonb,
  PRIMARY KEY (org_id, measure, slice, labels)
);

-- Which slices of a measure were computed, from the first (included) to the last (excluded), and which flushes they
-- count in. A slice in between without a row held nothing.
CREATE TABLE engine.measure (
  org_id        text        NOT NULL,
  measure       bytea       NOT NULL,
  covered_from  integer     NOT NULL,
  covered_until integer     NOT NULL,
  flush_up_to   bigint      NOT NULL,
  flush_except  bigint[]    NOT NULL,
  used_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, measure)
);

CREATE TABLE engine.monitor_status (
  monitor_id        text PRIMARY KEY,
  org_id            text NOT NULL,
  generation        integer NOT NULL,
  state             text NOT NULL,
  health            text NOT NULL,
  evaluated_until   timestamptz,
  last_evaluated_at timestamptz,
  last_error        text
);
CREATE INDEX monitor_status_by_org ON engine.monitor_status (org_id);

CREATE TABLE engine.instance (
  id           text NOT NULL UNIQUE,
  monitor_id   text NOT NULL,
  org_id       text NOT NULL,
  labels       text NOT NULL,
  state        text NOT NULL,
  severity     text,
  active_at    timestamptz,
  fired_at     timestamptz,
  last_true_at timestamptz,
  missing      integer NOT NULL,
  value        double precision,
  reason       text NOT NULL,
  incident_id  text,
  PRIMARY KEY (monitor_id, labels)
);
CREATE INDEX instance_by_org ON engine.instance (org_id, state);

CREATE TABLE engine.transition (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id        text NOT NULL,
  monitor_id    text NOT NULL,
  labels        text NOT NULL,
  at            timestamptz NOT NULL,
  from_state    text NOT NULL,
  to_state      text NOT NULL,
  from_severity text,
  to_severity   text,
  reason        text NOT NULL,
  value         double precision,
  late          boolean NOT NULL
);
CREATE INDEX transition_by_monitor ON engine.transition (monitor_id, at, id);

-- One row per stream and grid time: the horizon it was judged at and the flushes it saw. AS_SEEN reads from here. A
-- stream is the monitors of an org that wait for the same signals (`logs`, `logs+spans`).
CREATE TABLE engine.tick (
  org_id         text        NOT NULL,
  stream         text        NOT NULL,
  at             timestamptz NOT NULL,
  ran_at         timestamptz NOT NULL,
  complete_until jsonb       NOT NULL,
  flush_up_to    bigint      NOT NULL,
  flush_except   bigint[]    NOT NULL,
  late           boolean     NOT NULL,
  PRIMARY KEY (org_id, stream, at)
);

-- Orgs are hashed to shards; the holder of a shard's lease evaluates them. A fencing token grows with every new holder.
CREATE TABLE engine.shard (
  shard       integer PRIMARY KEY,
  holder      text,
  fencing     bigint NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO engine.shard (shard) SELECT generate_series(0, 15);

CREATE TABLE engine.evaluator (
  name    text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

-- Open and recently closed blind spells of an org and signal.
CREATE TABLE engine.blind_spell (
  org_id      text NOT NULL,
  signal      text NOT NULL,
  since       timestamptz NOT NULL,
  until       timestamptz,
  incident_id text,
  PRIMARY KEY (org_id, signal, since)
);

-- Written in the transaction of the tick, handed to the notifier by the relay, closed by the ledger alone.
CREATE TABLE engine.outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id       text        NOT NULL,
  incident_id  text        NOT NULL,
  kind         text        NOT NULL,
  at           timestamptz NOT NULL,
  value        double precision,
  reason       text        NOT NULL,
  severity     text        NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  attempt      integer     NOT NULL DEFAULT 0,
  handed_at    timestamptz,
  closed_at    timestamptz
);
CREATE INDEX outbox_open ON engine.outbox (id) WHERE closed_at IS NULL;
CREATE INDEX outbox_by_incident ON engine.outbox (incident_id, id);
