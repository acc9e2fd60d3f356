/*
 * Every statement of the intake, against `engine.intake`, `engine.idempotency` and `engine.dead_letter`. Times are
 * passed and answered in ms. Statements that change many rows lock them in the order of their ids first, or two of them
 * could wait for each other.
 */

import { DEAD_LETTER_COLUMNS } from './dead-letters.js'
import { applicationName } from './pool.js'

/** `timestamptz` as whole Unix ms, rounded down: a watermark may stand too early, never too late. */
const unixMs = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8`

/**
 * Remembers the scope and enqueues, in one statement and so in one transaction. No row comes back when the scope is
 * taken and not over. The stamp is taken after the body has arrived, so only the execution lies between it and the commit.
 */
export const ENQUEUE = `
  WITH first AS (
    INSERT INTO engine.idempotency AS known (scope, body_hash, batch_id, items, accepted_at, expires_at)
    SELECT $1::bytea, $2::bytea, $3::uuid, $4::integer, at, at + $5::float8 * interval '1 millisecond'
    FROM (SELECT clock_timestamp() AS at OFFSET 0) AS stamp
    ON CONFLICT (scope) DO UPDATE
      SET body_hash = excluded.body_hash, batch_id = excluded.batch_id, items = excluded.items,
          accepted_at = excluded.accepted_at, expires_at = excluded.expires_at
      WHERE known.expires_at <= excluded.accepted_at
    RETURNING accepted_at
  ), batch AS (
    INSERT INTO engine.intake
      (batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, encoding, body)
    SELECT $3::uuid, $6, $7, $8, $9, $4::integer, $10::integer, accepted_at, $11, $12::bytea FROM first
  )
  SELECT ${unixMs('accepted_at')} AS "acceptedAt" FROM first`

export const FIRST_ANSWER = `
  SELECT body_hash = $2::bytea AS "sameBody", batch_id AS "batchId", items, ${unixMs('accepted_at')} AS "acceptedAt"
  FROM engine.idempotency WHERE scope = $1::bytea`

/** Rows named in a CTE. As a list and not as a join, for which a plan made for an empty table would walk the whole index. */
const among = (named: string) => `i.batch_id = ANY(ARRAY(SELECT batch_id FROM ${named}))`

/** Claims the rows that the statement before it named in a CTE, and answers them oldest first. */
const claiming = (named: string, consumer: string, claimMs: string) => `
  claimed AS (
    UPDATE engine.intake AS i
    SET claimed_by = ${consumer}, claim_until = clock_timestamp() + ${claimMs}::float8 * interval '1 millisecond',
        deliveries = deliveries + 1
    WHERE ${among(named)}
    RETURNING i.batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, deliveries
  )
  SELECT batch_id AS "batchId", org_id AS "orgId", key_id AS "keyId", signal, protocol, items, bytes,
    ${unixMs('accepted_at')} AS "acceptedAt", deliveries
  FROM claimed ORDER BY accepted_at`

/**
 * Claims the oldest of a signal ($1): at most $2 batches, and none once $3 bytes are reached. Reads no body: locks last
 * as long as this takes, and what passes the bound is never read.
 */
export const CLAIM = `
  WITH waiting AS (
    SELECT batch_id, accepted_at, bytes FROM engine.intake
    WHERE signal = $1 AND (claim_until IS NULL OR claim_until <= now())
    ORDER BY accepted_at LIMIT $2::integer FOR UPDATE SKIP LOCKED
  ), fitting AS (
    SELECT batch_id FROM (
      SELECT batch_id, sum(bytes) OVER (ORDER BY accepted_at ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before FROM waiting
    ) AS running WHERE bytes_before < $3::float8 OR bytes_before = 0
  ), ${claiming('fitting', '$4', '$5')}`

const locked = (condition: string) => `
  WITH locked AS (
    SELECT batch_id FROM engine.intake WHERE batch_id = ANY($1::uuid[]) ${condition} ORDER BY batch_id FOR UPDATE
  )`

export const CLAIM_THESE = `${locked('')}, ${claiming('locked', '$2', '$3')}`

/**
 * Bodies as base64: the driver reads every value as text, and of bytes PostgreSQL makes hexadecimal text, which is half as
 * long again and takes three times as long to read (0.47 against 0.15 ms for 1,000 logs, on the main thread).
 */
export const BODIES = `
  SELECT batch_id AS "batchId", encoding, encode(body, 'base64') AS body
  FROM engine.intake WHERE batch_id = ANY($1::uuid[])`

/** A claim that ran out and was taken by nobody is renewed as well: its holder still holds it. */
export const EXTEND = `${locked('AND claimed_by = $2')}
  UPDATE engine.intake AS i
  SET claim_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE ${among('locked')}
  RETURNING i.batch_id AS "batchId"`

export const RELEASE = `${locked('AND claimed_by = $2')}
  UPDATE engine.intake AS i
  SET claimed_by = NULL, claim_until = NULL
  WHERE ${among('locked')}
  RETURNING i.signal`

export const RELEASE_ALL = `
  UPDATE engine.intake SET claimed_by = NULL, claim_until = NULL WHERE claim_until IS NOT NULL`

export const ACKNOWLEDGE = `${locked('')}
  DELETE FROM engine.intake AS i WHERE ${among('locked')}`

export const STORED_BODY = `
  SELECT org_id AS "orgId", body FROM engine.intake WHERE batch_id = $1::uuid`

export const DEAD_LETTER = `
  WITH gone AS (DELETE FROM engine.intake WHERE batch_id = $1::uuid RETURNING *)
  INSERT INTO engine.dead_letter (${DEAD_LETTER_COLUMNS})
  SELECT batch_id, org_id, key_id, signal, protocol, items, bytes, accepted_at, clock_timestamp(), $2, encoding, $3::bytea
  FROM gone`

/** The pool of enqueues, by whose name its connections are found. */
export const ENQUEUE_POOL = 'enqueue'

/**
 * Up to when every stamp can be seen by a statement that begins after this one: now, or the begin of the oldest enqueue
 * that has written and not yet committed. PostgreSQL breaks off no commit, so one whose disk stalls could else be passed
 * by the horizon. `now()` is the start of the transaction, before its snapshot; `statement_timestamp()` is taken anew
 * after it.
 */
export const SEEN_UNTIL = `
  SELECT ${unixMs('least(now(), min(xact_start))')} AS now FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = '${applicationName(ENQUEUE_POOL)}'
    AND backend_xid IS NOT NULL`

/** The oldest batch of each org and signal: one look into the index for each, however many wait behind it. */
export const OLDEST = `
  WITH RECURSIVE oldest AS (
    (SELECT org_id, signal, accepted_at FROM engine.intake ORDER BY org_id, signal, accepted_at LIMIT 1)
    UNION ALL
    SELECT following.* FROM oldest CROSS JOIN LATERAL (
      SELECT org_id, signal, accepted_at FROM engine.intake
      WHERE (org_id, signal) > (oldest.org_id, oldest.signal) ORDER BY org_id, signal, accepted_at LIMIT 1
    ) AS following
  )
  SELECT org_id AS "orgId", signal, ${unixMs('accepted_at')} AS "acceptedAt" FROM oldest`

export const DEPTH = `
  SELECT count(*)::float8 AS batches, coalesce(sum(bytes), 0)::float8 AS bytes FROM engine.intake`

/** Measured: 6 ms where 50,000 batches wait. */
export const PRESSURE = `
  SELECT count(*)::float8 AS batches, coalesce(sum(bytes), 0)::float8 AS bytes,
    greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(accepted_at)) * 1000, 0))::float8 AS "oldestAgeMs",
    NULL AS "memoryRatio"
  FROM engine.intake`

export const ANY_WAITING = `
  SELECT EXISTS (
    SELECT FROM engine.intake WHERE signal = $1 AND (claim_until IS NULL OR claim_until <= now())
  ) AS there`

/** Some of the scopes whose time is over, oldest first. One that is being used again at this moment is left. */
export const SWEEP = `
  DELETE FROM engine.idempotency WHERE scope = ANY(ARRAY(
    SELECT scope FROM engine.idempotency WHERE expires_at <= now()
    ORDER BY expires_at LIMIT $1::integer FOR UPDATE SKIP LOCKED
  ))`
