import type { SetLimits } from '../../schema/domain/org-limits.js'
import { RETENTION_KINDS, type SetDays } from '../../schema/domain/retention.js'
import { DEFAULT_SCRUB_POLICY, type ScrubPolicy, scrubPolicySchema } from '../../schema/domain/scrub.js'
import type { OrgSettingsStore, StoredScrubPolicy } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { Org as OrgRow, Prisma, ScrubPolicy as ScrubRow } from '../generated/client.js'
import { toOrg } from './members.js'

const OWN = {
  logs: 'retentionLogsDays',
  spans: 'retentionSpansDays',
  rum: 'retentionRumDays',
  samples: 'retentionSamplesDays',
} as const
const MOST = {
  logs: 'mostLogsDays',
  spans: 'mostSpansDays',
  rum: 'mostRumDays',
  samples: 'mostSamplesDays',
} as const

/** Limits, retention and scrub policy of one org. */
export function createOrgSettingsStore(database: Database, orgId: string): OrgSettingsStore {
  return {
    async limits() {
      const row = await database.org.findUnique({ where: { id: orgId } })
      return row && toLimits(row)
    },
    async update(expectedVersion, { name, retention = {} }) {
      const [row] = await database.org.updateManyAndReturn({
        where: { id: orgId, version: expectedVersion },
        data: { ...(name === undefined ? {} : { name }), ...columns(OWN, retention), version: { increment: 1 } },
      })
      if (row !== undefined) return { outcome: 'updated', value: toOrg(row) }
      const current = await database.org.findUnique({ where: { id: orgId }, select: { version: true } })
      return current === null ? { outcome: 'missing' } : { outcome: 'conflict', currentVersion: current.version }
    },
    async setLimits({ requestsPerMinute, bytesPerDay, monitors, mostRetention = {} }) {
      const data: Prisma.OrgUpdateManyMutationInput = {
        ...(requestsPerMinute === undefined ? {} : { ingestRequestsPerMinute: requestsPerMinute }),
        ...(bytesPerDay === undefined ? {} : { ingestBytesPerDay: bytesPerDay }),
        ...(monitors === undefined ? {} : { monitorLimit: monitors }),
        ...columns(MOST, mostRetention),
        version: { increment: 1 },
      }
      const [row] = await database.org.updateManyAndReturn({ where: { id: orgId }, data })
      return row === undefined ? null : toOrg(row)
    },
    async scrubPolicy() {
      const row = await database.scrubPolicy.findUnique({ where: { orgId } })
      return row === null ? { version: 0, policy: DEFAULT_SCRUB_POLICY, updatedAt: null } : toPolicy(row)
    },
    async setScrubPolicy(expectedVersion, policy, now) {
      const data = { policy: policy as Prisma.InputJsonObject, version: expectedVersion + 1, updatedAt: new Date(now) }
      const [row] =
        expectedVersion === 0
          ? await database.scrubPolicy.createManyAndReturn({ data: [{ orgId, ...data }], skipDuplicates: true })
          : await database.scrubPolicy.updateManyAndReturn({ where: { orgId, version: expectedVersion }, data })
      if (row !== undefined) return { outcome: 'updated', value: toPolicy(row) }
      const current = await database.scrubPolicy.findUnique({ where: { orgId }, select: { version: true } })
      return { outcome: 'conflict', currentVersion: current?.version ?? 0 }
    },
  }
}

function columns<Columns extends typeof OWN | typeof MOST>(names: Columns, days: Partial<SetDays>) {
  return Object.fromEntries(
    RETENTION_KINDS.flatMap((kind) => (days[kind] === undefined ? [] : [[names[kind], days[kind]]])),
  ) as { readonly [Name in Columns[keyof Columns] & string]?: number | null }
}

function toLimits(row: OrgRow): SetLimits {
  const days = (names: typeof OWN | typeof MOST): SetDays => ({
    logs: row[names.logs],
    spans: row[names.spans],
    rum: row[names.rum],
    samples: row[names.samples],
  })
  return {
    requestsPerMinute: row.ingestRequestsPerMinute,
    bytesPerDay: row.ingestBytesPerDay === null ? null : Number(row.ingestBytesPerDay),
    monitors: row.monitorLimit,
    retention: { own: days(OWN), most: days(MOST) },
  }
}

function toPolicy(row: ScrubRow): StoredScrubPolicy {
  const policy: ScrubPolicy = scrubPolicySchema.parse(row.policy)
  return { version: row.version, policy, updatedAt: row.updatedAt.getTime() }
}
