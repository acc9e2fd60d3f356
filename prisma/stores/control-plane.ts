import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { ControlPlane, OrgStores } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { Sealer } from '../sealing.js'
import { type WalledPool, walledDatabase, walledPool } from '../walled.js'
import { createApiTokenStore } from './api-tokens.js'
import { createChannelStore } from './channels.js'
import { createDeliveryStore } from './deliveries.js'
import { createIdentityStore } from './identity.js'
import { createIncidentStore } from './incidents.js'
import { createIngestKeyStore } from './ingest-keys.js'
import { createMemberStore, toOrg } from './members.js'
import { createMonitorStore } from './monitors.js'
import { createOrgSettingsStore } from './org-settings.js'
import { listOrgs } from './orgs.js'

/**
 * The control plane on PostgreSQL. An org's stores stand behind its wall of row security; finding out who calls does not.
 *
 * @param deps.pool The pool that `database` runs on; tables of the engine are read through it.
 */
export function createControlPlane(deps: {
  readonly database: Database
  readonly pool: Pool
  readonly sealer: Sealer
}): ControlPlane {
  const { database, pool, sealer } = deps
  return {
    identity: createIdentityStore(database),
    orgs: (page) => listOrgs(database, page),
    forOrg: (orgId) => orgStores(walledDatabase(database, orgId), walledPool(pool, orgId), sealer, orgId),
  }
}

function orgStores(database: Database, pool: WalledPool, sealer: Sealer, orgId: string): OrgStores {
  return {
    orgId,
    async org() {
      const row = await database.org.findUnique({ where: { id: orgId } })
      return row && toOrg(row)
    },
    settings: createOrgSettingsStore(database, orgId),
    members: createMemberStore(database, orgId),
    apiTokens: createApiTokenStore(database, orgId),
    ingestKeys: createIngestKeyStore(database, sealer, randomBytes, orgId),
    monitors: createMonitorStore(database, pool, orgId),
    channels: createChannelStore(database, sealer, orgId),
    incidents: createIncidentStore(database, pool, orgId),
    deliveries: createDeliveryStore(database, orgId),
  }
}
