import { createHash } from 'node:crypto'
import { newId } from '../../schema/domain/ids.js'
import { PERMISSIONS } from '../../schema/domain/permission.js'
import { SIGNALS } from '../../schema/domain/signal.js'
import type { Clock, Random } from '../../schema/ports/clock.js'
import type { Database } from '../client.js'
import type { Sealer } from '../sealing.js'
import { sealIngestSecret } from './ingest-keys.js'

/** What the first start makes, in the clear: shown once, then kept by whoever called. */
export interface BootstrapCredentials {
  readonly email: string
  readonly password: string
  readonly apiToken: string
  readonly orgSlug: string
  /** CANONICAL, all signals. */
  readonly ingestKey: { readonly key: string; readonly secret: string }
  /** BEARER, all signals. */
  readonly bearerKey: { readonly key: string; readonly secret: string }
}

const ORG = { slug: 'default', name: 'Default' }
/** Any number that no other lock of ours uses. */
const LOCK = 7_146_203_881n

/**
 * At the first start, when there is no org: makes one, which is the operator's, with an owner, an API token of all permissions and two ingest
 * keys. Null when there is an org already; of several processes that start at once, one makes them.
 *
 * @param deps.secrets How passwords are hashed and tokens look, as the gateway checks them.
 */
export async function bootstrap(deps: {
  readonly database: Database
  readonly sealer: Sealer
  readonly clock: Clock
  readonly random: Random
  readonly ownerEmail: string
  /** Keeps the credentials, before they count: what cannot be kept is not made. */
  readonly keep?: (credentials: BootstrapCredentials) => void
  readonly secrets: {
    hashPassword(password: string): Promise<string>
    apiTokenText(random: (length: number) => Uint8Array): string
    ingestKeyText(random: (length: number) => Uint8Array): string
  }
}): Promise<BootstrapCredentials | null> {
  const { database, sealer, random, secrets } = deps
  if ((await database.org.count()) > 0) return null
  const now = deps.clock.now()
  const at = new Date(now)
  const bytes = (length: number) => random.bytes(length)
  const id = (kind: Parameters<typeof newId>[0]) => newId(kind, now, bytes(10))
  const text = (length: number) => Buffer.from(bytes(length)).toString('base64url')
  const email = deps.ownerEmail.toLowerCase()
  const password = text(18)
  const passwordHash = await secrets.hashPassword(password)
  const apiToken = secrets.apiTokenText(bytes)
  const ingestKey = { key: secrets.ingestKeyText(bytes), secret: text(32) }
  const bearerKey = { key: secrets.ingestKeyText(bytes), secret: text(32) }

  const credentials = { email, password, apiToken, orgSlug: ORG.slug, ingestKey, bearerKey }

  const orgId = id('org')
  const userId = id('user')
  const made = await database.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`
    if ((await transaction.org.count()) > 0) return false
    await transaction.org.create({ data: { id: orgId, ...ORG, operator: true, createdAt: at } })
    await transaction.user.create({ data: { id: userId, email, name: 'Owner', passwordHash, createdAt: at } })
    await transaction.membership.create({ data: { id: id('membership'), orgId, userId, role: 'OWNER', joinedAt: at } })
    const hash = Uint8Array.from(createHash('sha256').update(apiToken).digest())
    await transaction.apiToken.create({
      data: { id: id('apiToken'), orgId, userId, name: 'First start', hash, scopes: [...PERMISSIONS], createdAt: at },
    })
    for (const [scheme, { key, secret }] of [
      ['CANONICAL', ingestKey],
      ['BEARER', bearerKey],
    ] as const) {
      const keyId = id('ingestKey')
      const sealed = { id: id('ingestKey'), ...sealIngestSecret(sealer, keyId, secret), createdAt: at }
      const name = `First start, ${scheme.toLowerCase()}`
      await transaction.ingestKey.create({
        data: {
          id: keyId,
          orgId,
          key,
          name,
          scheme,
          signals: [...SIGNALS],
          createdAt: at,
          secrets: { create: sealed },
        },
      })
    }
    deps.keep?.(credentials)
    return true
  })
  return made ? credentials : null
}
