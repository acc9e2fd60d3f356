import type { Monitor, MonitorStatus } from '../../schema/domain/monitor.js'
import type { MonitorDraft } from '../../schema/domain/monitor-draft.js'
import { UNJUDGED } from '../../schema/domain/monitor-status.js'
import { storedRuleSchema } from '../../schema/domain/rule.js'
import type { CountedPage, MonitorListFilter, MonitorStore, PageRequest } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { Prisma, Monitor as Row } from '../generated/client.js'
import type { WalledPool } from '../walled.js'
import { instanceReads } from './alert-instances.js'
import { andMatcher, Conditions, withPatterns } from './conditions.js'
import { createOnce } from './create-replay.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

/** Monitors of one org. Deleted ones answer as missing. */
export function createMonitorStore(database: Database, pool: WalledPool, orgId: string): MonitorStore {
  const live = { orgId, deletedAt: null }
  return {
    list: (page, filter) => list(database, pool, orgId, page, filter),
    async get(id) {
      const row = await database.monitor.findFirst({ where: { ...live, id } })
      return row && toMonitor(row)
    },
    count: () => database.monitor.count({ where: live }),
    async evenDeleted(id) {
      const row = await database.monitor.findFirst({ where: { orgId, id } })
      return row && toMonitor(row)
    },
    async byKey(key) {
      const row = await database.monitor.findUnique({ where: { orgId_liveKey: { orgId, liveKey: key } } })
      return row && toMonitor(row)
    },
    create: (id, draft, now, idempotency) =>
      createOnce(
        database,
        { orgId, operation: 'monitorCreate', id, now },
        idempotency,
        async (transaction) => {
          const at = new Date(now)
          const data = { ...columns(draft), id, orgId, liveKey: draft.key, createdAt: at, updatedAt: at }
          return toMonitor(await transaction.monitor.create({ data }))
        },
        async (transaction, made) => {
          const row = await transaction.monitor.findFirst({ where: { ...live, id: made } })
          return row && toMonitor(row)
        },
      ),
    async update(id, expectedVersion, draft, semantic, now) {
      const [row] = await database.monitor.updateManyAndReturn({
        where: { ...live, id, version: expectedVersion },
        data: {
          ...columns(draft),
          version: { increment: 1 },
          generation: { increment: semantic ? 1 : 0 },
          updatedAt: new Date(now),
        },
      })
      if (row !== undefined) return { outcome: 'updated', value: toMonitor(row) }
      const current = await database.monitor.findFirst({ where: { ...live, id }, select: { version: true } })
      return current === null ? { outcome: 'missing' } : { outcome: 'conflict', currentVersion: current.version }
    },
    async remove(id, now) {
      const { count } = await database.monitor.updateMany({
        where: { ...live, id },
        data: { deletedAt: new Date(now), liveKey: null, version: { increment: 1 } },
      })
      return count > 0
    },
    statuses: (ids) => statuses(pool, orgId, ids),
    ...instanceReads(pool, orgId),
  }
}

const LIST = 'monitors'

async function list(
  database: Database,
  pool: WalledPool,
  orgId: string,
  page: PageRequest,
  filter: MonitorListFilter,
): Promise<CountedPage<Monitor>> {
  const where = new Conditions()
  where.and((org) => `m.org_id = ${org} AND m.deleted_at IS NULL`, orgId)
  if (filter.states) where.and((states) => `coalesce(s.state, '${UNJUDGED.state}') = ANY(${states})`, filter.states)
  if (filter.healths)
    where.and(
      (healths) =>
        `CASE WHEN m.paused THEN 'PAUSED' ELSE coalesce(s.health, '${UNJUDGED.health}') END = ANY(${healths})`,
      filter.healths,
    )
  if (filter.kinds) where.and((kinds) => `m.kind = ANY(${kinds})`, filter.kinds)
  if (filter.text)
    where.and(
      (text) => `strpos(lower(concat_ws(chr(10), m.key, m.name, m.description)), lower(${text})) > 0`,
      filter.text,
    )
  for (const matcher of filter.labels ?? []) andMatcher(where, 'm.labels', matcher)
  const from = `FROM monitor m
    LEFT JOIN engine.monitor_status s ON s.monitor_id = m.id AND s.generation = m.generation`
  const [counted, values] = [where.sql, [...where.values]]
  if (page.after !== null) where.and((id) => `m.id > ${id}`, decodeCursor(LIST, page.after, ['string'])[0])
  const sql = `SELECT m.id ${from} WHERE ${where.sql} ORDER BY m.id LIMIT ${where.place(page.first + 1)}`
  const found = await withPatterns(() => pool.query<{ id: string }>(sql, where.values))
  const ids = found.rows.map((row) => row.id)
  const rows = await database.monitor.findMany({ where: { id: { in: ids }, orgId }, orderBy: { id: 'asc' } })
  return {
    ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toMonitor),
    count: async () => {
      const { rows: counts } = await pool.query<{ n: number }>(
        `SELECT count(*)::int AS n ${from} WHERE ${counted}`,
        values,
      )
      return counts[0]?.n ?? 0
    },
  }
}

async function statuses(pool: WalledPool, orgId: string, ids: readonly string[]): Promise<Map<string, MonitorStatus>> {
  const { rows } = await pool.query<{
    monitor_id: string
    state: MonitorStatus['state']
    health: MonitorStatus['health']
    evaluated_until: Date | null
    last_evaluated_at: Date | null
    last_error: string | null
  }>(
    // A status of an earlier generation speaks of another rule.
    `SELECT s.* FROM engine.monitor_status s JOIN monitor m ON m.id = s.monitor_id AND m.generation = s.generation
     WHERE s.org_id = $1 AND m.org_id = $1 AND s.monitor_id = ANY($2)`,
    [orgId, ids],
  )
  return new Map(
    rows.map((row) => [
      row.monitor_id,
      {
        state: row.state,
        health: row.health,
        evaluatedUntil: row.evaluated_until?.getTime() ?? null,
        lastEvaluatedAt: row.last_evaluated_at?.getTime() ?? null,
        lastError: row.last_error,
      },
    ]),
  )
}

function columns(draft: MonitorDraft) {
  const { rule, ruleInput, labels, notify, forMs, keepFiringForMs, ...same } = draft
  return {
    ...same,
    kind: rule.kind,
    rule: ruleInput as Prisma.InputJsonObject,
    forMs: BigInt(forMs),
    keepFiringForMs: BigInt(keepFiringForMs),
    labels: { ...labels },
    notify: [...(notify ?? [])],
    notifyDirect: notify !== null,
  }
}

function toMonitor(row: Row): Monitor {
  return {
    id: row.id,
    orgId: row.orgId,
    key: row.key,
    version: row.version,
    generation: row.generation,
    name: row.name,
    description: row.description,
    rule: storedRuleSchema.parse(row.rule),
    ruleInput: row.rule,
    everyMs: row.everyMs,
    forMs: Number(row.forMs),
    keepFiringForMs: Number(row.keepFiringForMs),
    missingData: row.missingData as Monitor['missingData'],
    labels: row.labels as Record<string, string>,
    runbookUrl: row.runbookUrl,
    title: row.title,
    body: row.body,
    paused: row.paused,
    managedBy: row.managedBy,
    notify: row.notifyDirect ? row.notify : null,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  }
}
