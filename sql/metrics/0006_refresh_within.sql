-- What TimescaleDB's set has to be told (see `sql/metrics-timescale/0002_refresh_within.sql`). Here a bucket is only ever
-- replaced by one that counts more samples, whatever was deleted.
CREATE FUNCTION metrics.refresh_within(least_days integer) RETURNS void
LANGUAGE sql AS $$ SELECT $$;
