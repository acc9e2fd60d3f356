/*
 * Every statement of the flush manifest, against `engine.flush`, `flush_batch`, `flush_line` and `usage_hour`. Times are
 * passed and answered in ms.
 */

export const KNOWN = `
  SELECT b.batch_id AS "batchId", f.id::text AS "flushId", f.closed_at IS NOT NULL AS closed
  FROM engine.flush_batch AS b JOIN engine.flush AS f ON f.id = b.flush_id
  WHERE b.batch_id = ANY($1::uuid[])`

/** Any number that nothing else in the database locks. */
const FLUSH_ID_LOCK = 7_305_811_402n

/**
 * Opens a flush in one statement and so in one transaction. The id is drawn under a lock that is held until the commit
 * can be seen, so ids are in commit order: whoever sees a flush sees, or knows to be gone, every one with a lower id.
 */
export const OPEN = `
  WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(${FLUSH_ID_LOCK})::text AS held),
  drawn AS MATERIALIZED (SELECT nextval('engine.flush_id') AS id FROM turn WHERE held IS NOT NULL),
  opened AS (
    INSERT INTO engine.flush (id, signal, owner, lease_until, opened_at, terms)
    SELECT id, $1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond', clock_timestamp(), $6::json FROM drawn
  ), batches AS (
    INSERT INTO engine.flush_batch (batch_id, flush_id, position)
    SELECT batch_id, id, position FROM drawn, unnest($4::uuid[]) WITH ORDINALITY AS b (batch_id, position)
  ), lines AS (
    INSERT INTO engine.flush_line
      (flush_id, org_id, signal, accepted_hour, first_slice, last_slice, slices, rows, bytes)
    SELECT id, "orgId", $1, to_timestamp("acceptedHour" / 1000), "firstSlice", "lastSlice", slices, rows, bytes
    FROM drawn, jsonb_to_recordset($5::jsonb) AS l
      ("orgId" text, "acceptedHour" float8, "firstSlice" integer, "lastSlice" integer, slices integer[], rows bigint, bytes bigint)
  )
  SELECT id::text AS id FROM drawn`

export const RENEW = `
  UPDATE engine.flush SET lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
  WHERE owner = $1 AND closed_at IS NULL`

export const TAKE_OVER = `
  WITH free AS (
    SELECT id FROM engine.flush
    WHERE closed_at IS NULL AND ($3::boolean OR lease_until <= clock_timestamp())
    ORDER BY id LIMIT $4::integer FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE engine.flush AS f
    SET owner = $1, lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
    FROM free WHERE f.id = free.id
    RETURNING f.id, f.signal, f.terms
  )
  SELECT id::text AS "flushId", signal, terms,
    ARRAY(SELECT batch_id::text FROM engine.flush_batch AS b WHERE b.flush_id = taken.id ORDER BY position) AS "batchIds",
    (SELECT coalesce(json_agg(json_build_object(
        'orgId', org_id, 'acceptedHour', (extract(epoch FROM accepted_hour) * 1000)::float8,
        'slices', slices, 'firstSlice', first_slice, 'lastSlice', last_slice, 'rows', rows, 'bytes', bytes
      ) ORDER BY org_id, accepted_hour), '[]')
      FROM engine.flush_line AS l WHERE l.flush_id = taken.id) AS lines
  FROM taken ORDER BY id`

/**
 * Closes a flush that is open, counts its usage, and lets its terms go: no row is made of it again. Rows of usage are written in the order of their key, or two closes
 * could wait for each other.
 */
export const CLOSE = `
  WITH closed AS (
    UPDATE engine.flush SET closed_at = clock_timestamp(), terms = NULL WHERE id = $1::bigint AND closed_at IS NULL RETURNING id
  ), counted AS (
    INSERT INTO engine.usage_hour AS known (org_id, meter, hour, quantity)
    SELECT l.org_id, m.meter, l.accepted_hour, sum(m.quantity)
    FROM closed JOIN engine.flush_line AS l ON l.flush_id = closed.id
    CROSS JOIN LATERAL (VALUES
      ('logs', 'LOG_RECORDS', l.rows), ('logs', 'LOG_BYTES', l.bytes), ('metrics', 'METRIC_SAMPLES', l.rows),
      ('spans', 'SPANS', l.rows), ('spans', 'SPAN_BYTES', l.bytes), ('rum', 'RUM_EVENTS', l.rows)
    ) AS m (signal, meter, quantity)
    WHERE m.signal = l.signal AND m.quantity > 0
    GROUP BY l.org_id, m.meter, l.accepted_hour
    ORDER BY l.org_id, m.meter, l.accepted_hour
    ON CONFLICT (org_id, meter, hour) DO UPDATE SET quantity = known.quantity + excluded.quantity
  )
  SELECT id FROM closed`

export const ABANDON = `
  DELETE FROM engine.flush WHERE id = $1::bigint AND closed_at IS NULL`

/** One statement and so one instant: the highest id that was committed then, and those of them that were open. */
export const SNAPSHOT = `
  SELECT coalesce((SELECT max(id) FROM engine.flush), 0)::text AS "upTo",
    ARRAY(SELECT f.id::text FROM engine.flush AS f WHERE closed_at IS NULL ORDER BY f.id) AS except`

/** Lines of an org ($1) and signal ($2) that the later snapshot ($5, $6) sees and the earlier ($3, $4) does not. */
export const DIRTY_SLICES = `
  WITH lines AS (
    SELECT first_slice, last_slice, slices FROM engine.flush_line
    WHERE org_id = $1 AND signal = $2 AND flush_id > $3::bigint AND flush_id <= $5::bigint
      AND flush_id <> ALL ($6::bigint[])
    UNION ALL
    SELECT first_slice, last_slice, slices FROM engine.flush_line
    WHERE org_id = $1 AND signal = $2 AND flush_id = ANY ($4::bigint[]) AND flush_id <= least($3::bigint, $5::bigint)
      AND flush_id <> ALL ($6::bigint[])
  )
  SELECT ARRAY(SELECT DISTINCT unnest(slices) AS slice FROM lines ORDER BY slice) AS slices,
    ARRAY(SELECT DISTINCT ARRAY[first_slice, last_slice] AS ends FROM lines WHERE slices = '{}' ORDER BY ends) AS ranges`

/** Above every id. */
const HIGHEST_ID = 9_223_372_036_854_775_807n

/** The first flush, from $1 ms ago on: none from there was closed before. Whoever looks for old ones stops at it. */
const RECENT = (from: string) => `(
  SELECT id FROM engine.flush WHERE opened_at >= clock_timestamp() - $1::float8 * interval '1 millisecond' ${from}
  ORDER BY id LIMIT 1
)`

/**
 * Forgets some flushes that were closed more than $1 ms ago, oldest first. The highest id stays, since a snapshot reads
 * from it how far ids have come.
 */
export const PRUNE = `
  DELETE FROM engine.flush WHERE id = ANY(ARRAY(
    SELECT id FROM engine.flush
    WHERE closed_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
      AND id < least((SELECT max(id) FROM engine.flush), ${RECENT('')})
    ORDER BY id LIMIT $2::integer
  ))`

/**
 * Forgets which batches were in some flushes that were closed more than $1 ms ago, oldest first. An installation at its
 * bound would else keep 13 million rows a day for as long as snapshots.
 */
export const PRUNE_BATCHES = `
  WITH first AS MATERIALIZED (SELECT min(flush_id) AS id FROM engine.flush_batch)
  DELETE FROM engine.flush_batch WHERE flush_id = ANY(ARRAY(
    SELECT id FROM engine.flush AS f
    WHERE id >= (SELECT id FROM first)
      AND id < coalesce(${RECENT('AND id >= (SELECT id FROM first)')}, ${HIGHEST_ID})
      AND closed_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
      AND EXISTS (SELECT FROM engine.flush_batch AS b WHERE b.flush_id = f.id)
    ORDER BY id LIMIT $2::integer
  ))`
