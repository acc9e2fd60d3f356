import type { Pool } from 'pg'
import { type RetentionDays, retentionOf } from '../../schema/domain/retention.js'
import { type ScrubPolicy, STRICTEST_SCRUB_POLICY, scrubPolicySchema } from '../../schema/domain/scrub.js'
import type { Clock, Log } from '../../schema/ports/clock.js'
import type { FanOut } from '../../schema/ports/limits.js'
import { createRetention, daysByOrg, type Retention, type StorageTerms } from '../../schema/ports/retention.js'
import { ORG_RETENTION, type OrgRetentionRow, toOrgRetention } from './org-retention.js'

/** What was read holds for so long; then it is read again, before any row is made under it. */
const FRESH_MS = 10_000

const CHANGED = `
  SELECT o.id, ${ORG_RETENTION}, s.version
  FROM org AS o LEFT JOIN scrub_policy AS s ON s.org_id = o.id
  WHERE s.version IS NOT NULL OR num_nonnulls(${ORG_RETENTION}) > 0`
const POLICIES = 'SELECT org_id, version, policy FROM scrub_policy WHERE org_id = ANY ($1::text[])'

interface Known {
  readonly retention: Retention
  readonly policies: ReadonlyMap<string, Versioned>
}

interface Versioned {
  readonly version: number
  readonly policy: ScrubPolicy
}

/**
 * What orgs have set, as the normalizer needs it: never older than 10 s when rows are made under it, and read again at
 * once when the gateway says that something has changed. Where it cannot be read, no rows are made.
 */
export async function createStorageTerms(deps: {
  readonly pool: Pool
  readonly fanOut: FanOut
  readonly standard: RetentionDays
  readonly clock: Clock
  readonly log: Log
}): Promise<StorageTerms & { close(): Promise<void> }> {
  const { pool, standard, clock, log } = deps
  let known: (Known & { readonly asOf: number }) | null = null
  let policies: ReadonlyMap<string, Versioned> = new Map()
  let reading: Promise<Known> | null = null
  // Rises with every change heard of: what was asked before one may be stale.
  let changes = 0

  async function read(): Promise<Known> {
    const before = changes
    const asOf = clock.now()
    const { rows } = await pool.query<OrgRetentionRow & { id: string; version: number | null }>(CHANGED)
    const exceptions = new Map<string, RetentionDays>()
    for (const row of rows) {
      const days = retentionOf(toOrgRetention(row), standard)
      if (!sameDays(days, standard)) exceptions.set(row.id, days)
    }
    policies = await policiesOf(rows)
    const now = { retention: createRetention(standard, exceptions), policies }
    if (before === changes) known = { ...now, asOf }
    return now
  }

  /** Policies that are known in their version are not read again. */
  async function policiesOf(rows: readonly { id: string; version: number | null }[]): Promise<Map<string, Versioned>> {
    const next = new Map<string, Versioned>()
    const wanted: string[] = []
    for (const { id, version } of rows) {
      const before = policies.get(id)
      if (before !== undefined && before.version === version) next.set(id, before)
      else if (version !== null) wanted.push(id)
    }
    if (wanted.length === 0) return next
    const found = await pool.query<{ org_id: string; version: number; policy: unknown }>(POLICIES, [wanted])
    for (const { org_id: orgId, version, policy } of found.rows)
      next.set(orgId, { version, policy: readPolicy(orgId, policy, log) })
    return next
  }

  async function current(): Promise<Known> {
    const age = known === null ? null : clock.now() - known.asOf
    if (known !== null && age !== null && age >= 0 && age < FRESH_MS) return known
    if (reading !== null) return reading
    const started = read().finally(() => {
      if (reading === started) reading = null
    })
    reading = started
    return started
  }

  const unsubscribe = await deps.fanOut.subscribe('storage-terms', () => {
    changes++
    known = null
    reading = null
  })

  return {
    async of(signal, orgIds) {
      const { retention, policies: all } = await current()
      const orgs = [...orgIds]
      const own = orgs.flatMap((orgId) => {
        const found = all.get(orgId)
        return found === undefined ? [] : [[orgId, found.policy] as const]
      })
      return { days: daysByOrg(signal, orgs, retention), policies: Object.fromEntries(own) }
    },
    retention: async () => (await current()).retention,
    close: unsubscribe,
  }
}

/** A policy as it was stored. One that this version cannot read must not let through what it was to hold back. */
function readPolicy(orgId: string, stored: unknown, log: Log): ScrubPolicy {
  const parsed = scrubPolicySchema.safeParse(stored)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  log.error(
    { orgId, at: issue?.path.join('.'), fault: issue?.message },
    'the stored scrub policy of an org cannot be read; all that is found of people and secrets is redacted until it is set anew',
  )
  return STRICTEST_SCRUB_POLICY
}

function sameDays(one: RetentionDays, other: RetentionDays): boolean {
  return one.logs === other.logs && one.spans === other.spans && one.rum === other.rum && one.samples === other.samples
}
