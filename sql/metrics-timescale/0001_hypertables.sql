-- The metrics store on TimescaleDB 2.11 or later (Community licence): the tables, columns and functions of `sql/metrics`,
-- kept by TimescaleDB's own policies instead of a job. The schema `metrics` is made by the migrator.

CREATE TABLE metrics.series (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id      text  NOT NULL,
  name        text  NOT NULL,
  kind        text  NOT NULL,
  labels      jsonb NOT NULL,
  fingerprint bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (org_id, fingerprint)
);
CREATE INDEX series_by_name ON metrics.series (org_id, name);
CREATE INDEX series_by_label ON metrics.series USING gin (labels jsonb_path_ops);

CREATE TABLE metrics.samples (
  series_id bigint           NOT NULL,
  ts        timestamptz      NOT NULL,
  value     double precision NOT NULL,
  flush_id  bigint           NOT NULL,
  stale     boolean          CHECK (stale),
  PRIMARY KEY (series_id, ts)
);
SELECT create_hypertable('metrics.samples', 'ts', chunk_time_interval => INTERVAL '1 day', create_default_indexes => false);
CREATE INDEX samples_by_time ON metrics.samples USING brin (ts) WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE metrics.samples SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'series_id',
  timescaledb.compress_orderby = 'ts'
);
SELECT add_compression_policy('metrics.samples', INTERVAL '7 days');
SELECT add_retention_policy('metrics.samples', INTERVAL '30 days');

-- See `sql/metrics/0004_rollups.sql`.
CREATE FUNCTION metrics.addable(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value = 'NaN' THEN value WHEN value > 1e290 THEN 'Infinity' WHEN value < -1e290 THEN '-Infinity' ELSE value END
$$;

-- How much a counter rises over values in order: a continuous aggregate takes no window function. The state is the last
-- value and the rise so far.
CREATE FUNCTION metrics.counter_step(state double precision[], value double precision) RETURNS double precision[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN state IS NULL THEN ARRAY[value, 0]
    ELSE ARRAY[value, state[2] + CASE
      WHEN value >= state[1] THEN metrics.addable(value) - metrics.addable(state[1])
      ELSE metrics.addable(value)
    END]
  END
$$;
CREATE FUNCTION metrics.counter_rise(state double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT state[2] $$;
CREATE AGGREGATE metrics.increase(double precision) (
  sfunc = metrics.counter_step, stype = double precision[], finalfunc = metrics.counter_rise, parallel = safe
);

-- All levels are computed from samples: one made from a finer one would lose what comes after the finer has gone.
-- What is not computed yet is added as it is asked for (materialized_only = false).
CREATE MATERIALIZED VIEW metrics.rollup_1m
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_id, time_bucket(INTERVAL '1 minute', ts) AS ts, count(*)::integer AS count,
  sum(metrics.addable(value)) AS sum, min(value) AS min, coalesce(max(value) FILTER (WHERE value <> 'NaN'), 'NaN') AS max,
  first(value, ts) AS first, last(value, ts) AS last, min(ts) AS first_ts, max(ts) AS last_ts,
  metrics.increase(value ORDER BY ts) AS increase
FROM metrics.samples WHERE stale IS NULL
GROUP BY series_id, time_bucket(INTERVAL '1 minute', ts)
WITH NO DATA;

CREATE MATERIALIZED VIEW metrics.rollup_5m
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_id, time_bucket(INTERVAL '5 minutes', ts) AS ts, count(*)::integer AS count,
  sum(metrics.addable(value)) AS sum, min(value) AS min, coalesce(max(value) FILTER (WHERE value <> 'NaN'), 'NaN') AS max,
  first(value, ts) AS first, last(value, ts) AS last, min(ts) AS first_ts, max(ts) AS last_ts,
  metrics.increase(value ORDER BY ts) AS increase
FROM metrics.samples WHERE stale IS NULL
GROUP BY series_id, time_bucket(INTERVAL '5 minutes', ts)
WITH NO DATA;

CREATE MATERIALIZED VIEW metrics.rollup_1h
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT series_id, time_bucket(INTERVAL '1 hour', ts) AS ts, count(*)::integer AS count,
  sum(metrics.addable(value)) AS sum, min(value) AS min, coalesce(max(value) FILTER (WHERE value <> 'NaN'), 'NaN') AS max,
  first(value, ts) AS first, last(value, ts) AS last, min(ts) AS first_ts, max(ts) AS last_ts,
  metrics.increase(value ORDER BY ts) AS increase
FROM metrics.samples WHERE stale IS NULL
GROUP BY series_id, time_bucket(INTERVAL '1 hour', ts)
WITH NO DATA;

-- Only what changed within the offsets is computed again. They end before samples (or the rollup's own rows) go, or a
-- refresh would take away what it no longer finds.
SELECT add_continuous_aggregate_policy('metrics.rollup_1m',
  start_offset => INTERVAL '6 days', end_offset => INTERVAL '1 minute', schedule_interval => INTERVAL '1 minute');
SELECT add_continuous_aggregate_policy('metrics.rollup_5m',
  start_offset => INTERVAL '28 days', end_offset => INTERVAL '5 minutes', schedule_interval => INTERVAL '5 minutes');
SELECT add_continuous_aggregate_policy('metrics.rollup_1h',
  start_offset => INTERVAL '28 days', end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '30 minutes');
SELECT add_retention_policy('metrics.rollup_1m', INTERVAL '7 days');
SELECT add_retention_policy('metrics.rollup_5m', INTERVAL '90 days');
SELECT add_retention_policy('metrics.rollup_1h', INTERVAL '365 days');

-- What the job of plain PostgreSQL calls. Chunks make themselves, and nothing waits outside of them.
CREATE FUNCTION metrics.make_partitions(table_name text, times timestamptz[]) RETURNS integer
LANGUAGE sql AS $$ SELECT 0 $$;
CREATE FUNCTION metrics.waiting_days(table_name text) RETURNS SETOF timestamptz
LANGUAGE sql AS $$ SELECT now() WHERE false $$;

-- Makes the retention policy follow the days that are asked for; the policy drops, once a day.
CREATE FUNCTION metrics.drop_before(table_name text, before timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  keep     interval := make_interval(days => greatest(round(extract(epoch FROM now() - before) / 86400)::integer, 1));
  relation regclass := ('metrics.' || table_name)::regclass;
  found    interval;
BEGIN
  SELECT (config ->> 'drop_after')::interval INTO found FROM timescaledb_information.jobs
  WHERE proc_name = 'policy_retention' AND (
    (hypertable_schema, hypertable_name) = ('metrics', table_name)
    OR (hypertable_schema, hypertable_name) IN (
      SELECT materialization_hypertable_schema, materialization_hypertable_name
      FROM timescaledb_information.continuous_aggregates WHERE view_schema = 'metrics' AND view_name = table_name));
  IF found IS DISTINCT FROM keep THEN
    PERFORM remove_retention_policy(relation, if_exists => true);
    PERFORM add_retention_policy(relation, keep);
  END IF;
  RETURN 0;
END $$;
