import type { Pool } from 'pg'
import { canonicalLabels, labelsFromCanonical } from '../../schema/domain/labels.js'
import type { SlicePartial } from '../../schema/domain/slice.js'
import type { Coverage, ShardLease, SliceChanges, WindowRequest, WindowRow } from '../../schema/ports/evaluation.js'
import { inTransaction } from '../transaction.js'
import { fence } from './leases.js'

interface CoverageRow {
  measure: string
  covered_from: number
  covered_until: number
  flush_up_to: string
  flush_except: string[]
}

/** Coverage of some measures of an org; those never computed are absent. */
export async function loadCoverage(
  pool: Pool,
  orgId: string,
  hashes: readonly string[],
): Promise<Map<string, Coverage>> {
  const { rows } = await pool.query<CoverageRow>(
    `SELECT encode(measure, 'hex') AS measure, covered_from, covered_until, flush_up_to, flush_except
     FROM engine.measure WHERE org_id = $1 AND measure = ANY(SELECT decode(unnest($2::text[]), 'hex'))`,
    [orgId, hashes],
  )
  return new Map(
    rows.map((row) => [
      row.measure,
      {
        from: row.covered_from,
        until: row.covered_until,
        snapshot: { upTo: BigInt(row.flush_up_to), except: row.flush_except.map(BigInt) },
      },
    ]),
  )
}

const DELETE_REPLACED = `
DELETE FROM engine.slice s USING unnest($2::text[], $3::int[]) AS gone (hash, slice)
WHERE s.org_id = $1 AND s.measure = decode(gone.hash, 'hex') AND s.slice = gone.slice`

/** A stretch that begins anew leaves no older slices behind, and a trimmed one none before its start. */
const DELETE_UNCOVERED = `
DELETE FROM engine.slice s USING unnest($2::text[], $3::int[], $4::int[]) AS kept (hash, first, last)
WHERE s.org_id = $1 AND s.measure = decode(kept.hash, 'hex') AND (s.slice < kept.first OR s.slice >= kept.last)`

const INSERT = `
INSERT INTO engine.slice (org_id, measure, slice, labels, count, sum, min, max, sketch)
SELECT $1, decode(hash, 'hex'), slice, labels, count, sum, min, max, sketch
FROM unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::float8[], $7::float8[], $8::float8[], $9::jsonb[])
  AS row (hash, slice, labels, count, sum, min, max, sketch)`

const UPSERT_COVERAGE = `
INSERT INTO engine.measure (org_id, measure, covered_from, covered_until, flush_up_to, flush_except, used_at)
SELECT $1, decode(hash, 'hex'), first, last, $5, $6, now()
FROM unnest($2::text[], $3::int[], $4::int[]) AS row (hash, first, last)
ON CONFLICT (org_id, measure) DO UPDATE SET covered_from = excluded.covered_from, covered_until = excluded.covered_until,
  flush_up_to = excluded.flush_up_to, flush_except = excluded.flush_except, used_at = excluded.used_at`

/** Replaces slices and moves coverage in one transaction. */
export async function saveSlices(pool: Pool, lease: ShardLease, orgId: string, changes: SliceChanges): Promise<void> {
  const [first] = changes.coverage
  if (first === undefined) return
  const { snapshot } = first.coverage
  await inTransaction(pool, async (client) => {
    await fence(client, lease)
    const replaced = changes.replaced.flatMap(({ hash, slices }) => slices.map((slice) => [hash, slice] as const))
    await client.query(DELETE_REPLACED, [orgId, replaced.map(([hash]) => hash), replaced.map(([, slice]) => slice)])
    const kept = changes.coverage
    const bounds = [kept.map(({ hash }) => hash), kept.map((c) => c.coverage.from), kept.map((c) => c.coverage.until)]
    await client.query(DELETE_UNCOVERED, [orgId, ...bounds])
    const { rows } = changes
    await client.query(INSERT, [
      orgId,
      rows.map((row) => row.hash),
      rows.map((row) => row.slice),
      rows.map((row) => canonicalLabels(row.labels)),
      rows.map((row) => row.partial.count),
      rows.map((row) => row.partial.sum),
      rows.map((row) => row.partial.min),
      rows.map((row) => row.partial.max),
      rows.map((row) => (row.partial.sketch === null ? null : JSON.stringify(Object.fromEntries(row.partial.sketch)))),
    ])
    await client.query(UPSERT_COVERAGE, [orgId, ...bounds, snapshot.upTo, snapshot.except])
  })
}

const MERGE = `
WITH request AS (
  SELECT number - 1 AS request, decode(hash, 'hex') AS measure, first, last
  FROM unnest($2::text[], $3::int[], $4::int[]) WITH ORDINALITY AS asked (hash, first, last, number)
)
SELECT request.request::int, s.labels, sum(s.count)::float8 AS count, sum(s.sum) AS sum, min(s.min) AS min, max(s.max) AS max,
  jsonb_agg(s.sketch) FILTER (WHERE s.sketch IS NOT NULL) AS sketches
FROM request JOIN engine.slice s
  ON s.org_id = $1 AND s.measure = request.measure AND s.slice >= request.first AND s.slice < request.last
GROUP BY request.request, s.labels`

interface MergedRow {
  request: number
  labels: string
  count: number
  sum: number
  min: number
  max: number
  sketches: Record<string, number>[] | null
}

/** Merges the slices of each window, per group. */
export async function mergeWindows(
  pool: Pool,
  orgId: string,
  requests: readonly WindowRequest[],
): Promise<WindowRow[]> {
  if (requests.length === 0) return []
  const { rows } = await pool.query<MergedRow>(MERGE, [
    orgId,
    requests.map(({ hash }) => hash),
    requests.map(({ from }) => from),
    requests.map(({ until }) => until),
  ])
  return rows.map((row) => ({ request: row.request, labels: labelsFromCanonical(row.labels), partial: toPartial(row) }))
}

function toPartial(row: MergedRow): SlicePartial {
  let sketch: Map<number, number> | null = null
  for (const each of row.sketches ?? []) {
    sketch ??= new Map()
    for (const [bucket, count] of Object.entries(each))
      sketch.set(Number(bucket), (sketch.get(Number(bucket)) ?? 0) + Number(count))
  }
  return { count: row.count, sum: row.sum, min: row.min, max: row.max, sketch }
}
