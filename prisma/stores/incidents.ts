import type { TimelineEntry } from '../../schema/domain/incident.js'
import type {
  CountedPage,
  IncidentListFilter,
  IncidentRecord,
  IncidentStore,
  PageRequest,
} from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { TimelineEntry as EntryRow, Incident as Row } from '../generated/client.js'
import type { WalledPool } from '../walled.js'
import { andMatcher, Conditions, withPatterns } from './conditions.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'incidents'
const TIMELINE = 'timeline'

/** Incidents of one org, read only: the evaluator writes them. */
export function createIncidentStore(database: Database, pool: WalledPool, orgId: string): IncidentStore {
  return {
    list: (page, filter) => list(database, pool, orgId, page, filter),
    async get(id) {
      const row = await database.incident.findFirst({ where: { orgId, id } })
      return row && toIncident(row)
    },
    async byNumber(number) {
      const row = await database.incident.findUnique({ where: { orgId_number: { orgId, number } } })
      return row && toIncident(row)
    },
    async timeline(incidentId, page) {
      const [at, id] = page.after === null ? [] : decodeCursor(TIMELINE, page.after, ['number', 'string'])
      const last = new Date(Number(at))
      const rows = await database.timelineEntry.findMany({
        where: {
          orgId,
          incidentId,
          ...(at === undefined ? {} : { OR: [{ at: { gt: last } }, { at: last, id: { gt: String(id) } }] }),
        },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
        take: page.first + 1,
      })
      return pageOf(rows, page.first, (row) => encodeCursor(TIMELINE, [row.at.getTime(), row.id]), toEntry)
    },
  }
}

async function list(
  database: Database,
  pool: WalledPool,
  orgId: string,
  page: PageRequest,
  filter: IncidentListFilter,
): Promise<CountedPage<IncidentRecord>> {
  const where = new Conditions()
  where.and((org) => `org_id = ${org}`, orgId)
  if (filter.states) where.and((states) => `state = ANY(${states})`, filter.states)
  if (filter.severities) where.and((severities) => `severity = ANY(${severities})`, filter.severities)
  if (filter.from !== undefined) where.and((from) => `started_at >= ${from}`, new Date(filter.from))
  if (filter.to !== undefined) where.and((to) => `started_at < ${to}`, new Date(filter.to))
  for (const matcher of filter.labels ?? []) andMatcher(where, 'labels', matcher)
  const [counted, values] = [where.sql, [...where.values]]
  if (page.after !== null)
    where.and((number) => `number < ${number}::bigint`, decodeCursor(LIST, page.after, ['number'])[0])
  const sql = `SELECT id FROM incident WHERE ${where.sql} ORDER BY number DESC LIMIT ${where.place(page.first + 1)}`
  const found = await withPatterns(() => pool.query<{ id: string }>(sql, where.values))
  const ids = found.rows.map((row) => row.id)
  const rows = await database.incident.findMany({ where: { orgId, id: { in: ids } }, orderBy: { number: 'desc' } })
  return {
    ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.number]), toIncident),
    count: async () => {
      const counts = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM incident WHERE ${counted}`, values)
      return counts.rows[0]?.n ?? 0
    },
  }
}

function toIncident(row: Row): IncidentRecord {
  return {
    id: row.id,
    orgId: row.orgId,
    number: row.number,
    monitorId: row.monitorId,
    title: row.title,
    state: row.state as IncidentRecord['state'],
    severity: row.severity as IncidentRecord['severity'],
    labels: row.labels as Record<string, string>,
    startedAt: row.startedAt.getTime(),
    acknowledgedAt: row.acknowledgedAt?.getTime() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    resolvedAt: row.resolvedAt?.getTime() ?? null,
    assigneeId: row.assigneeId,
  }
}

function toEntry(row: EntryRow): TimelineEntry {
  return {
    id: row.id,
    incidentId: row.incidentId,
    at: row.at.getTime(),
    kind: row.kind as TimelineEntry['kind'],
    actor: row.actor,
    text: row.text,
    data: row.data,
  }
}
