-- What samples were in a minute, five minutes and an hour, kept by a job (`sql/metric-rollups.ts`). `ts` is the start of
-- the bucket, in whole multiples since 1970-01-01. Staleness markers do not count.
--
-- `increase` is how much a counter rose from the bucket's first sample to its last: a sample lower than the one before
-- is a restart from 0. Buckets one after another join without loss, as `rate` needs it:
--   increase + (CASE WHEN next.first >= last THEN next.first - last ELSE next.first END) + next.increase
-- For gauges it means nothing. `min` and `max` leave NaN out unless there is nothing else.
CREATE TABLE metrics.rollup_1m (
  series_id bigint           NOT NULL,
  ts        timestamptz      NOT NULL,
  count     integer          NOT NULL,
  sum       double precision NOT NULL,
  min       double precision NOT NULL,
  max       double precision NOT NULL,
  first     double precision NOT NULL,
  last      double precision NOT NULL,
  first_ts  timestamptz      NOT NULL,
  last_ts   timestamptz      NOT NULL,
  increase  double precision NOT NULL,
  PRIMARY KEY (series_id, ts)
) PARTITION BY RANGE (ts);
CREATE INDEX rollup_1m_by_time ON metrics.rollup_1m USING brin (ts) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE metrics.rollup_1m_rest PARTITION OF metrics.rollup_1m DEFAULT;

CREATE TABLE metrics.rollup_5m (LIKE metrics.rollup_1m INCLUDING ALL) PARTITION BY RANGE (ts);
CREATE TABLE metrics.rollup_5m_rest PARTITION OF metrics.rollup_5m DEFAULT;

CREATE TABLE metrics.rollup_1h (LIKE metrics.rollup_1m INCLUDING ALL) PARTITION BY RANGE (ts);
CREATE TABLE metrics.rollup_1h_rest PARTITION OF metrics.rollup_1h DEFAULT;

-- Up to which flushes the rollups count in: all up to an id, except some that were still open. One row.
CREATE TABLE metrics.rollup_progress (
  one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
  up_to      bigint      NOT NULL,
  except_for bigint[]    NOT NULL,
  at         timestamptz NOT NULL
);
INSERT INTO metrics.rollup_progress (up_to, except_for, at) VALUES (0, '{}', now());

-- PostgreSQL refuses a sum or difference of finite numbers that is infinite, and one sample would stop everybody's
-- rollups. Beyond 1e290 a sample counts as infinite there.
CREATE FUNCTION metrics.addable(value double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value = 'NaN' THEN value WHEN value > 1e290 THEN 'Infinity' WHEN value < -1e290 THEN '-Infinity' ELSE value END
$$;
