import { createHash } from 'node:crypto'
import { newId } from '../../schema/domain/ids.js'
import type { IngestKey } from '../../schema/domain/ingest-key.js'
import type { IngestKeyStore } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { IngestKey as Row } from '../generated/client.js'
import type { Sealer } from '../sealing.js'
import { createOnce } from './create-replay.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'ingestKeys'

/** Ingest keys of one org. Secrets are sealed; the key's id is the additional data. */
export function createIngestKeyStore(
  database: Database,
  sealer: Sealer,
  random: (length: number) => Uint8Array,
  orgId: string,
): IngestKeyStore {
  const secretRow = (keyId: string, secret: string, now: number) => ({
    id: newId('ingestKey', now, random(10)),
    ...sealIngestSecret(sealer, keyId, secret),
    createdAt: new Date(now),
  })
  return {
    async list(page) {
      const after = page.after === null ? '' : String(decodeCursor(LIST, page.after, ['string'])[0])
      const rows = await database.ingestKey.findMany({
        where: { orgId, id: { gt: after } },
        orderBy: { id: 'asc' },
        take: page.first + 1,
      })
      return {
        ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toIngestKey),
        count: () => database.ingestKey.count({ where: { orgId } }),
      }
    },
    async get(id) {
      const row = await database.ingestKey.findFirst({ where: { orgId, id } })
      return row && toIngestKey(row)
    },
    create: (key, secret, idempotency) =>
      createOnce(
        database,
        { orgId, operation: 'ingestKeyCreate', id: key.id, now: key.createdAt },
        idempotency,
        async (transaction) => {
          const row = await transaction.ingestKey.create({
            data: {
              ...key,
              orgId,
              signals: [...key.signals],
              allowedOrigins: [...key.allowedOrigins],
              createdAt: new Date(key.createdAt),
              ...(secret === null ? {} : { secrets: { create: secretRow(key.id, secret, key.createdAt) } }),
            },
          })
          return toIngestKey(row)
        },
        async (transaction, id) => {
          const row = await transaction.ingestKey.findFirst({ where: { orgId, id } })
          return row && toIngestKey(row)
        },
      ),
    rotate: (id, secret, now, previousUntil) =>
      database.$transaction(async (transaction) => {
        // Locks the key, so that of two rotations one comes after the other.
        const { count } = await transaction.ingestKey.updateMany({
          where: { orgId, id, revokedAt: null, scheme: { not: 'BROWSER' } },
          data: { revokedAt: null },
        })
        if (count === 0) return null
        const before = await transaction.ingestSecret.findMany({
          where: { ingestKeyId: id },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        })
        const [newest, ...older] = before.map((row) => row.id)
        await transaction.ingestSecret.deleteMany({ where: { id: { in: older } } })
        if (newest !== undefined)
          await transaction.ingestSecret.update({ where: { id: newest }, data: { expiresAt: new Date(previousUntil) } })
        await transaction.ingestSecret.create({ data: { ...secretRow(id, secret, now), ingestKeyId: id } })
        return toIngestKey(await transaction.ingestKey.findUniqueOrThrow({ where: { id } }))
      }),
    async revoke(id, now) {
      const [row] = await database.ingestKey.updateManyAndReturn({
        where: { orgId, id, revokedAt: null },
        data: { revokedAt: new Date(now) },
      })
      return row === undefined ? null : toIngestKey(row)
    },
  }
}

/** A secret as it is kept: sealed, and hashed so that BEARER requests find their key. */
export function sealIngestSecret(sealer: Sealer, keyId: string, secret: string) {
  return { sealed: Uint8Array.from(sealer.seal(Buffer.from(secret), keyId)), hash: ingestSecretHash(secret) }
}

/** SHA-256 of a secret's text. */
export function ingestSecretHash(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(secret).digest())
}

function toIngestKey(row: Row): IngestKey {
  return {
    id: row.id,
    orgId: row.orgId,
    key: row.key,
    name: row.name,
    scheme: row.scheme as IngestKey['scheme'],
    signals: row.signals as IngestKey['signals'][number][],
    allowedOrigins: row.allowedOrigins,
    createdAt: row.createdAt.getTime(),
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    revokedAt: row.revokedAt?.getTime() ?? null,
  }
}
