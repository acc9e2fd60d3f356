import { labelsFromCanonical } from '../../schema/domain/labels.js'
import type { AlertInstance, MonitorStore, Transition } from '../../schema/ports/control-plane.js'
import type { WalledPool } from '../walled.js'
import { Conditions } from './conditions.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

interface InstanceRow {
  readonly id: string
  readonly monitor_id: string
  readonly incident_id: string | null
  readonly labels: string
  readonly state: AlertInstance['state']
  readonly severity: AlertInstance['severity']
  readonly value: number | null
  readonly active_at: Date | null
  readonly fired_at: Date | null
  readonly reason: string
  readonly missing: number
}

interface TransitionRow {
  readonly id: string
  readonly at: Date
  readonly labels: string
  readonly from_state: Transition['from']
  readonly to_state: Transition['to']
  readonly from_severity: Transition['fromSeverity']
  readonly to_severity: Transition['toSeverity']
  readonly reason: string
  readonly value: number | null
  readonly late: boolean
}

const INSTANCES = 'instances'
const TRANSITIONS = 'transitions'

/** What the evaluator wrote of one org's instances, read only. */
export function instanceReads(
  pool: WalledPool,
  orgId: string,
): Pick<MonitorStore, 'instances' | 'instance' | 'transitions'> {
  return {
    async instances(of, page, states) {
      const where = new Conditions()
      where.and((org) => `org_id = ${org}`, orgId)
      if ('monitorId' in of) where.and((id) => `monitor_id = ${id}`, of.monitorId)
      else where.and((id) => `incident_id = ${id}`, of.incidentId)
      if (states !== null) where.and((list) => `state = ANY(${list})`, states)
      const [counted, values] = [where.sql, [...where.values]]
      if (page.after !== null) where.and((id) => `id > ${id}`, decodeCursor(INSTANCES, page.after, ['string'])[0])
      const { rows } = await pool.query<InstanceRow>(
        `SELECT * FROM engine.instance WHERE ${where.sql} ORDER BY id LIMIT ${where.place(page.first + 1)}`,
        where.values,
      )
      return {
        ...pageOf(rows, page.first, (row) => encodeCursor(INSTANCES, [row.id]), toInstance),
        count: async () => {
          const found = await pool.query<{ n: number }>(
            `SELECT count(*)::int AS n FROM engine.instance WHERE ${counted}`,
            values,
          )
          return found.rows[0]?.n ?? 0
        },
      }
    },

    async instance(id) {
      const { rows } = await pool.query<InstanceRow>('SELECT * FROM engine.instance WHERE org_id = $1 AND id = $2', [
        orgId,
        id,
      ])
      return rows[0] === undefined ? null : toInstance(rows[0])
    },

    async transitions(monitorId, page, range) {
      const where = new Conditions()
      where.and((org, id) => `org_id = ${org} AND monitor_id = ${id}`, orgId, monitorId)
      if (range.from !== null) where.and((from) => `at >= ${from}`, new Date(range.from))
      if (range.to !== null) where.and((to) => `at < ${to}`, new Date(range.to))
      if (page.after !== null) {
        const [at, id] = decodeCursor(TRANSITIONS, page.after, ['number', 'string'])
        where.and((time, last) => `(at, id) < (${time}, ${last}::bigint)`, new Date(Number(at)), wholeNumber(id))
      }
      const { rows } = await pool.query<TransitionRow>(
        `SELECT * FROM engine.transition WHERE ${where.sql} ORDER BY at DESC, id DESC LIMIT ${where.place(page.first + 1)}`,
        where.values,
      )
      return pageOf(rows, page.first, (row) => encodeCursor(TRANSITIONS, [row.at.getTime(), row.id]), toTransition)
    },
  }
}

/** A position that was tampered with must not reach a cast. */
function wholeNumber(position: string | number | undefined): string {
  return /^\d{1,18}$/.test(String(position)) ? String(position) : '0'
}

function toInstance(row: InstanceRow): AlertInstance {
  return {
    id: row.id,
    monitorId: row.monitor_id,
    incidentId: row.incident_id,
    labels: labelsFromCanonical(row.labels),
    state: row.state,
    severity: row.severity,
    value: row.value,
    activeAt: row.active_at?.getTime() ?? null,
    firedAt: row.fired_at?.getTime() ?? null,
    reason: row.reason,
    missing: row.missing > 0,
  }
}

function toTransition(row: TransitionRow): Transition {
  return {
    at: row.at.getTime(),
    labels: labelsFromCanonical(row.labels),
    from: row.from_state,
    to: row.to_state,
    fromSeverity: row.from_severity,
    toSeverity: row.to_severity,
    reason: row.reason,
    value: row.value,
    late: row.late,
  }
}
