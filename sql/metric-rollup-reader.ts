import type { Pool } from 'pg'
import { field, ROW, setSample } from '../query/promql/rolled/bucket-rows.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { exceeded } from '../schema/domain/query-bounds.js'
import type { ReadLimits, RolledRows, RollupPiece, RollupReader } from '../schema/ports.js'
import { cancellableQuery } from './cancellable-query.js'
import { decodeSamples, SAMPLE_BYTES } from './metric-columns.js'
import { MAX_SELECTION, SELECT_SAMPLES, selectSeries } from './metric-reader.js'
import { ROLLUP_LEVELS, type RollupLevel } from './metric-rollup-levels.js'

const PROGRESS = `
SELECT up_to::text AS "upTo", except_for::text[] AS except, (extract(epoch FROM exact_from) * 1000)::float8 AS "exactFrom"
FROM metrics.rollup_progress`

const HAS_PROGRESS = `SELECT to_regclass('metrics.rollup_progress') IS NOT NULL AS "isKept"`

/** Bytes of a bucket below: two times, a count of four bytes, six numbers. */
const BUCKET_BYTES = 2 * 8 + 4 + 6 * 8
/** A bucket is as many numbers as this many samples. */
const SAMPLES_A_BUCKET = 4

const selectBuckets = ({ table }: RollupLevel) => `
SELECT series_id, string_agg(bucket, '') AS buckets FROM (
  SELECT series_id, timestamptz_send(first_ts) || timestamptz_send(last_ts) || int4send(count) || float8send(sum)
    || float8send(min) || float8send(max) || float8send(first) || float8send(last) || float8send(increase) AS bucket
  FROM metrics.${table}
  WHERE series_id = ANY($1::bigint[]) AND ts >= to_timestamp($2::float8 / 1000) AND ts < to_timestamp($3::float8 / 1000)
  LIMIT $4
) AS chosen GROUP BY series_id`

/** Reads an org's rollups, and samples as rows of their kind. */
export function createRollupReader(pool: Pool, orgId: string): RollupReader {
  return {
    async progress() {
      const { rows: kept } = await pool.query<{ isKept: boolean }>(HAS_PROGRESS)
      // TimescaleDB keeps its rollups by itself and tells nobody how far they are.
      if (kept[0]?.isKept !== true) return null
      const { rows } = await pool.query<{ upTo: string; except: string[]; exactFrom: number }>(PROGRESS)
      const [row] = rows
      if (row === undefined) throw new Error('metrics.rollup_progress is empty; expected one row.')
      return { snapshot: { upTo: BigInt(row.upTo), except: row.except.map(BigInt) }, exactFrom: row.exactFrom }
    },

    async select(matchers: readonly Matcher[], levelMs: number, pieces: readonly RollupPiece[], limits: ReadLimits) {
      const level = ROLLUP_LEVELS.find(({ ms }) => ms === levelMs)
      if (level === undefined) throw new RangeError(`There are no rollups of ${levelMs} ms.`)
      const bounds = limits.bounds ?? MAX_SELECTION
      const series = await selectSeries(pool, orgId, matchers, bounds, limits)
      if (series.size === 0) return []
      const ids = [...series.keys()]
      const found = new Map<string, Float64Array[]>()
      let room = bounds.samples
      for (const piece of pieces) {
        const rows = await (piece.kind === 'buckets'
          ? bucketsOf(pool, level, ids, piece, Math.floor(room / SAMPLES_A_BUCKET), limits)
          : samplesOf(pool, ids, piece, room, limits))
        for (const [id, columns] of rows) {
          room -= (columns.length / ROW) * (piece.kind === 'buckets' ? SAMPLES_A_BUCKET : 1)
          found.set(id, [...(found.get(id) ?? []), columns])
        }
        if (room < 0) throw exceeded('samples', bounds.samples)
      }
      return [...found].map(([id, parts]): RolledRows => ({ labels: series.get(id) ?? {}, rows: joined(parts) }))
    },
  }
}

type RowsBySeries = (readonly [id: string, rows: Float64Array])[]

async function bucketsOf(
  pool: Pool,
  level: RollupLevel,
  ids: readonly string[],
  { after, until }: RollupPiece,
  most: number,
  limits: ReadLimits,
): Promise<RowsBySeries> {
  const values = [ids, after, until, most + 1]
  const found = await cancellableQuery<{ series_id: string; buckets: Buffer }>(
    pool,
    selectBuckets(level),
    values,
    limits,
  )
  return found.map(({ series_id, buckets }) => [series_id, decodeBuckets(buckets)])
}

async function samplesOf(
  pool: Pool,
  ids: readonly string[],
  { after, until }: RollupPiece,
  most: number,
  limits: ReadLimits,
): Promise<RowsBySeries> {
  const values = [ids, after + 1, until, null, [], most + 1]
  const found = await cancellableQuery<{ series_id: string; samples: Buffer }>(pool, SELECT_SAMPLES, values, limits)
  return found.map(({ series_id, samples }) => {
    const { timestamps, values: numbers, stale } = decodeSamples(samples)
    const rows = new Float64Array((samples.length / SAMPLE_BYTES) * ROW)
    let row = 0
    for (let i = 0; i < timestamps.length; i++)
      if (stale?.[i] !== 1) setSample(rows, row++, timestamps[i] ?? 0, numbers[i] ?? 0)
    return [series_id, rows.subarray(0, row * ROW)]
  })
}

const LOW_BITS = 2 ** 32
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)

/** Reads buckets that stand one after another in any order. */
function decodeBuckets(bytes: Buffer): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.byteLength / BUCKET_BYTES
  const rows = new Float64Array(count * ROW)
  const time = (at: number) => (view.getInt32(at) * LOW_BITS + view.getUint32(at + 4)) / 1000 + POSTGRES_EPOCH_MS
  let ascending = true
  for (let row = 0, at = 0; row < count; row++, at += BUCKET_BYTES) {
    const numbers = [0, 1, 2, 3, 4, 5].map((place) => view.getFloat64(at + 20 + place * 8))
    rows.set([time(at), time(at + 8), view.getInt32(at + 16), ...numbers], row * ROW)
    if (row > 0 && field(rows, row, 'firstAt') < field(rows, row - 1, 'firstAt')) ascending = false
  }
  if (ascending) return rows
  const order = [...Array(count).keys()].sort((a, b) => field(rows, a, 'firstAt') - field(rows, b, 'firstAt'))
  const sorted = new Float64Array(rows.length)
  for (const [place, row] of order.entries()) sorted.set(rows.subarray(row * ROW, (row + 1) * ROW), place * ROW)
  return sorted
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const rows = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    rows.set(part, at)
    at += part.length
  }
  return rows
}
