-- A bucket holds what came after its start, up to its end: (ts, ts + length]. So does a window of PromQL, and a window
-- whose ends are ends of buckets is made up of whole ones. Before, a bucket held its start instead of its end.
--
-- What is in reach of samples and flush manifests is computed anew by the job. Older buckets stay as they are, and
-- answer nothing that has to be exact.
ALTER TABLE metrics.rollup_progress ADD COLUMN exact_from timestamptz NOT NULL DEFAULT '-infinity';

DO $$
DECLARE
  since timestamptz := '-infinity';
BEGIN
  IF EXISTS (SELECT FROM metrics.samples) THEN
    SELECT greatest(date_trunc('day', now()) - INTERVAL '29 days', coalesce(
        min(to_date(right(relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC'), '-infinity') + INTERVAL '1 day')
    INTO since FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'metrics.samples'::regclass AND relname ~ '_[0-9]{8}$';
  END IF;
  DELETE FROM metrics.rollup_1m WHERE ts >= since;
  DELETE FROM metrics.rollup_5m WHERE ts >= since;
  DELETE FROM metrics.rollup_1h WHERE ts >= since;
  UPDATE metrics.rollup_progress SET up_to = 0, except_for = '{}', exact_from = since;
END $$;
