import type { Pool } from 'pg'
import { compileMatchers } from '../query/promql/index.js'
import type { Labels } from '../schema/domain/labels.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { exceeded } from '../schema/domain/query-bounds.js'
import type { Cut, MetricFacts, SeriesCatalog, SeriesQuery, SeriesRange } from '../schema/ports/series.js'
import { cancellableQuery } from './cancellable-query.js'

/** Series that one request may go through where it comes without bounds. */
const MAX_SERIES = 100_000

/** A condition on rows `s` of metrics.series: of the org, and with a sample in a range where one is given. */
const OF_ORG = `s.org_id = $1 AND ($2::float8 IS NULL OR EXISTS (
  SELECT 1 FROM metrics.samples x
  WHERE x.series_id = s.id AND x.ts >= to_timestamp($2::float8 / 1000) AND x.ts <= to_timestamp($3::float8 / 1000)))`

const SELECT_SERIES = `
SELECT s.name, s.labels FROM metrics.series s
WHERE ${OF_ORG} AND ($4::text IS NULL OR s.name = $4) AND s.labels @> $5::jsonb
LIMIT $6`

const SELECT_LABEL_NAMES = `
SELECT DISTINCT key COLLATE "C" AS text FROM metrics.series s, jsonb_object_keys(s.labels) AS key
WHERE ${OF_ORG}
UNION SELECT '__name__' COLLATE "C" WHERE EXISTS (SELECT 1 FROM metrics.series s WHERE ${OF_ORG})
ORDER BY 1 LIMIT $4`

const SELECT_NAMES = `
SELECT DISTINCT s.name COLLATE "C" AS text FROM metrics.series s
WHERE ${OF_ORG} AND starts_with(s.name, $4) ORDER BY 1 LIMIT $5`

const SELECT_VALUES = `
SELECT DISTINCT (s.labels ->> $6) COLLATE "C" AS text FROM metrics.series s
WHERE ${OF_ORG} AND s.labels ? $6 AND s.labels ->> $6 <> '' AND starts_with(s.labels ->> $6, $4) ORDER BY 1 LIMIT $5`

const SELECT_METRICS = `
SELECT s.name COLLATE "C" AS name, min(s.kind) AS low, max(s.kind) AS high FROM metrics.series s
WHERE s.org_id = $1 AND ($2::text IS NULL OR s.name = $2) GROUP BY 1 ORDER BY 1 LIMIT $3`

/** Reads which series an org has from the table of series, and from the samples whether they stand in a range. */
export function createSeriesCatalog(pool: Pool, orgId: string): SeriesCatalog {
  async function texts(sql: string, values: readonly unknown[], query: SeriesQuery): Promise<Cut<string>> {
    const rows = await cancellableQuery<{ text: string }>(pool, sql, values, query)
    return cut(
      rows.map(({ text }) => text),
      query.limit,
    )
  }

  return {
    async series(query) {
      const found = await seriesOf(pool, orgId, query)
      return cut(found, query.limit)
    },

    async labelNames(query) {
      if (query.anyOf.length === 0)
        return texts(SELECT_LABEL_NAMES, [...place(orgId, query.range), query.limit + 1], query)
      const found = await seriesOf(pool, orgId, query)
      return cut(
        distinct(found.flatMap((labels) => Object.keys(labels).filter((name) => labels[name] !== ''))),
        query.limit,
      )
    },

    async labelValues(label, query) {
      const { limit, prefix = '' } = query
      if (query.anyOf.length > 0) {
        const values = (await seriesOf(pool, orgId, query)).map((labels) => labels[label] ?? '')
        return cut(distinct(values.filter((value) => value !== '' && value.startsWith(prefix))), limit)
      }
      const values = [...place(orgId, query.range), prefix, limit + 1]
      return label === '__name__' ? texts(SELECT_NAMES, values, query) : texts(SELECT_VALUES, [...values, label], query)
    },

    async metrics({ name, limit, ...limits }): Promise<readonly MetricFacts[]> {
      const rows = await cancellableQuery<{ name: string; low: string; high: string }>(
        pool,
        SELECT_METRICS,
        [orgId, name, limit],
        limits,
      )
      return rows.map((row) => ({ name: row.name, type: row.low === row.high ? row.low : 'unknown' }))
    },
  }
}

/** Label sets that meet one of the lists, each once, in order. */
async function seriesOf(pool: Pool, orgId: string, { anyOf, range, ...limits }: SeriesQuery): Promise<Labels[]> {
  const most = limits.bounds?.series ?? MAX_SERIES
  const found = new Map<string, Labels>()
  for (const matchers of anyOf.length === 0 ? [[]] : anyOf) {
    const meets = compileMatchers(matchers)
    const { name, contained } = exactly(matchers)
    const rows = await cancellableQuery<{ name: string; labels: Record<string, string> }>(
      pool,
      SELECT_SERIES,
      [...place(orgId, range), name, contained, most + 1],
      limits,
    )
    if (rows.length > most) throw exceeded('series', most)
    for (const row of rows) {
      const labels = { __name__: row.name, ...row.labels }
      if (meets(labels)) found.set(JSON.stringify([row.name, Object.entries(row.labels).sort()]), labels)
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, labels]) => labels)
}

/** What the database can narrow by: labels that have to be there and equal. */
function exactly(matchers: readonly Matcher[]): { name: string | null; contained: Record<string, string> } {
  const exact = matchers.filter(({ op, value }) => op === '=' && value !== '')
  const contained = exact.filter(({ name }) => name !== '__name__').map(({ name, value }) => [name, value])
  return {
    name: exact.find(({ name }) => name === '__name__')?.value ?? null,
    contained: Object.fromEntries(contained) as Record<string, string>,
  }
}

function place(orgId: string, range: SeriesRange | null): readonly [string, number | null, number | null] {
  return [orgId, range?.start ?? null, range?.end ?? null]
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

function cut<Item>(items: readonly Item[], limit: number): Cut<Item> {
  return { items: items.slice(0, limit), truncated: items.length > limit }
}
