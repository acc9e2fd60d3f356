-- A refresh that reaches back over samples that were deleted deletes their buckets too, and says nothing. So the refreshes
-- reach back less far than the samples of any org are kept: 28 days of 30, 20 hours of a day.
CREATE FUNCTION metrics.refresh_within(least_days integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  within   interval := make_interval(hours => 24 * least_days - least(48, 4 * least_days));
  view     record;
  wanted   interval;
  found    interval;
  relation regclass;
BEGIN
  FOR view IN
    SELECT * FROM (VALUES
      ('rollup_1m', INTERVAL '6 days', INTERVAL '1 minute', INTERVAL '1 minute'),
      ('rollup_5m', INTERVAL '28 days', INTERVAL '5 minutes', INTERVAL '5 minutes'),
      ('rollup_1h', INTERVAL '28 days', INTERVAL '1 hour', INTERVAL '30 minutes')
    ) AS v (name, most, until, every)
  LOOP
    relation := ('metrics.' || view.name)::regclass;
    wanted := least(view.most, within);
    found := NULL;
    SELECT (config ->> 'start_offset')::interval INTO found FROM timescaledb_information.jobs
    WHERE proc_name = 'policy_refresh_continuous_aggregate' AND (
      (hypertable_schema, hypertable_name) = ('metrics', view.name)
      OR (hypertable_schema, hypertable_name) IN (
        SELECT materialization_hypertable_schema, materialization_hypertable_name
        FROM timescaledb_information.continuous_aggregates WHERE view_schema = 'metrics' AND view_name = view.name));
    CONTINUE WHEN found = wanted;
    IF found IS NOT NULL THEN
      PERFORM remove_continuous_aggregate_policy(relation);
    END IF;
    PERFORM add_continuous_aggregate_policy(relation,
      start_offset => wanted, end_offset => view.until, schedule_interval => view.every);
  END LOOP;
END $$;
