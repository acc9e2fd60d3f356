-- Attaching a partition needs the rest for a moment, and waits for every query that reads it; all later ones would wait
-- behind. So it waits for two seconds at most. What has no partition then goes to the rest, and is moved by a later call.
CREATE OR REPLACE FUNCTION metrics.make_partitions(table_name text, times timestamptz[]) RETURNS integer
LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
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
EXCEPTION WHEN lock_not_available THEN
  RETURN 0;
END $$;

-- Days of what waits in the rest of a table.
CREATE FUNCTION metrics.waiting_days(table_name text) RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT DISTINCT date_bin(INTERVAL ''1 day'', ts, TIMESTAMPTZ ''epoch'') FROM metrics.%I', table_name || '_rest');
END $$;
