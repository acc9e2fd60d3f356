import type { Pool } from 'pg'
import type { TestTarget } from '../../schema/ports/notifications.js'
import type { Sealer } from '../sealing.js'
import { openConfig } from './claim.js'
import { toChannelFacts } from './lanes.js'

const TARGET = `
SELECT c.id, c.key, c.name, c.kind, c.send_resolved, c.enabled AS live, c.sealed_config, o.slug, o.name AS org_name
FROM channel c JOIN org o ON o.id = c.org_id
WHERE c.org_id = $1 AND c.id = $2 AND c.deleted_at IS NULL`

interface TargetRow {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly send_resolved: boolean
  readonly live: boolean
  readonly sealed_config: Buffer
  readonly slug: string
  readonly org_name: string
}

/** A channel of the org with its configuration, disabled ones included; null when there is none. */
export async function testTarget(
  pool: Pool,
  sealer: Sealer,
  orgId: string,
  channelId: string,
): Promise<TestTarget | null> {
  const { rows } = await pool.query<TargetRow>(TARGET, [orgId, channelId])
  const row = rows[0]
  if (row === undefined) return null
  return {
    channel: toChannelFacts(row),
    config: openConfig(sealer, { channel_id: row.id, sealed_config: row.sealed_config }),
    org: { slug: row.slug, name: row.org_name },
  }
}
