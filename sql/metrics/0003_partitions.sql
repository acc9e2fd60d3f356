-- Samples by day of their own time, so that what is too old goes with its partition.

-- How many days a partition of each table holds, counted from 1970-01-01 in UTC. Every such table has a column `ts`, and
-- a partition `…_rest` for times that are far from now, since no insert may fail for want of a partition.
CREATE TABLE metrics.partitioning (
  parent text    PRIMARY KEY,
  days   integer NOT NULL CHECK (days > 0)
);
INSERT INTO metrics.partitioning VALUES ('samples', 1), ('rollup_1m', 1), ('rollup_5m', 7), ('rollup_1h', 30);

-- Makes the partitions of some times that are not there yet, and moves what waits in the rest; returns how many. Times
-- more than 60 days back or 3 days ahead get none: a client with a wrong clock would make thousands. A new partition is
-- attached rather than created in place, which would lock writers and readers out of the whole table.
CREATE FUNCTION metrics.make_partitions(table_name text, times timestamptz[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  span  interval;
  first timestamptz;
  name  text;
  made  integer := 0;
BEGIN
  SELECT make_interval(days => days) INTO STRICT span FROM metrics.partitioning WHERE parent = table_name;
  FOR first IN
    SELECT DISTINCT date_bin(span, time, TIMESTAMPTZ 'epoch') FROM unnest(times) AS time
    WHERE time BETWEEN now() - INTERVAL '60 days' AND now() + INTERVAL '3 days' ORDER BY 1
  LOOP
    name := table_name || '_' || to_char(first AT TIME ZONE 'UTC', 'YYYYMMDD');
    CONTINUE WHEN to_regclass('metrics.' || name) IS NOT NULL;
    -- One at a time; whoever waited finds it there. (A lock of another kind would not: it leaves the catalog's cache.)
    EXECUTE format('LOCK TABLE ONLY metrics.%I IN SHARE UPDATE EXCLUSIVE MODE', table_name);
    CONTINUE WHEN to_regclass('metrics.' || name) IS NOT NULL;
    EXECUTE format('LOCK TABLE metrics.%I', table_name || '_rest');
    EXECUTE format('CREATE TABLE metrics.%I (LIKE metrics.%I INCLUDING ALL)', name, table_name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM metrics.%I WHERE ts >= %L AND ts < %L RETURNING *) INSERT INTO metrics.%I SELECT * FROM moved',
      table_name || '_rest', first, first + span, name);
    EXECUTE format('ALTER TABLE metrics.%I ATTACH PARTITION metrics.%I FOR VALUES FROM (%L) TO (%L)',
      table_name, name, first, first + span);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- Drops what is older than a time: whole partitions, and rows of the rest. Returns how many partitions went. Readers and
-- writers of the table wait for the commit, so the caller bounds how long this one waits for them (lock_timeout).
CREATE FUNCTION metrics.drop_before(table_name text, before timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  span    interval;
  name    text;
  dropped integer := 0;
BEGIN
  SELECT make_interval(days => days) INTO STRICT span FROM metrics.partitioning WHERE parent = table_name;
  FOR name IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = ('metrics.' || table_name)::regclass AND relname ~ '_[0-9]{8}$'
      AND to_date(right(relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' + span <= before
    ORDER BY relname
  LOOP
    EXECUTE format('DROP TABLE metrics.%I', name);
    dropped := dropped + 1;
  END LOOP;
  EXECUTE format('DELETE FROM metrics.%I WHERE ts < %L', table_name || '_rest', before);
  RETURN dropped;
END $$;

ALTER TABLE metrics.samples RENAME TO samples_0001;
ALTER INDEX metrics.samples_pkey RENAME TO samples_0001_pkey;

CREATE TABLE metrics.samples (
  series_id bigint           NOT NULL,
  ts        timestamptz      NOT NULL,
  value     double precision NOT NULL,
  flush_id  bigint           NOT NULL,
  -- See 0002.
  stale     boolean          CHECK (stale),
  PRIMARY KEY (series_id, ts)
) PARTITION BY RANGE (ts);
-- Finds the rows of some minutes among a day's, for the rollups; costs a thousandth of a b-tree.
CREATE INDEX samples_by_time ON metrics.samples USING brin (ts) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE metrics.samples_rest PARTITION OF metrics.samples DEFAULT;

SELECT metrics.make_partitions('samples', ARRAY(SELECT DISTINCT date_bin('1 day', ts, TIMESTAMPTZ 'epoch') FROM metrics.samples_0001));
SELECT metrics.make_partitions('samples', ARRAY[now(), now() + INTERVAL '1 day']);
INSERT INTO metrics.samples (series_id, ts, value, flush_id, stale)
SELECT series_id, ts, value, flush_id, stale FROM metrics.samples_0001;
DROP TABLE metrics.samples_0001;
