import {
  type Channel,
  type ChannelConfig,
  completeChannelConfig,
  maskChannelConfig,
} from '../../schema/domain/channel.js'
import type { ChannelStore, CountedPage, PageRequest } from '../../schema/ports/control-plane.js'
import type { Database } from '../client.js'
import type { Prisma, Channel as Row } from '../generated/client.js'
import type { Sealer } from '../sealing.js'
import { createOnce } from './create-replay.js'
import { decodeCursor, encodeCursor, pageOf } from './cursor.js'

const LIST = 'channels'

/** Channels of one org. Configurations are sealed whole; the channel's id is the additional data. */
export function createChannelStore(database: Database, sealer: Sealer, orgId: string): ChannelStore {
  const live = { orgId, deletedAt: null }
  return {
    list: (page) => list(database, orgId, page),
    async get(id) {
      const row = await database.channel.findFirst({ where: { ...live, id } })
      return row && toChannel(row)
    },
    async evenDeleted(id) {
      const row = await database.channel.findFirst({ where: { orgId, id } })
      return row && toChannel(row)
    },
    async byKey(key) {
      const row = await database.channel.findUnique({ where: { orgId_liveKey: { orgId, liveKey: key } } })
      return row && toChannel(row)
    },
    create: ({ id, key, name, config, sendResolved }, now, idempotency) =>
      createOnce(
        database,
        { orgId, operation: 'channelCreate', id, now },
        idempotency,
        async (transaction) => {
          const at = new Date(now)
          const data = { id, orgId, key, liveKey: key, name, sendResolved, createdAt: at, updatedAt: at }
          return toChannel(
            await transaction.channel.create({ data: { ...data, ...configColumns(sealer, id, config) } }),
          )
        },
        async (transaction, made) => {
          const row = await transaction.channel.findFirst({ where: { ...live, id: made } })
          return row && toChannel(row)
        },
      ),
    update: (id, expectedVersion, change, now, random) =>
      database.$transaction(async (transaction) => {
        const current = await transaction.channel.findFirst({ where: { ...live, id } })
        if (current === null) return { outcome: 'missing' }
        if (current.version !== expectedVersion) return { outcome: 'conflict', currentVersion: current.version }
        const config =
          change.config === undefined
            ? null
            : completeChannelConfig(change.config, openChannelConfig(sealer, current), random)
        const { name, sendResolved, enabled } = change
        const data: Prisma.ChannelUpdateManyMutationInput = {
          ...(name === undefined ? {} : { name }),
          ...(sendResolved === undefined ? {} : { sendResolved }),
          ...(enabled === undefined ? {} : { enabled, disabledReason: enabled ? null : 'disabled by hand' }),
          ...(config === null ? {} : configColumns(sealer, id, config)),
          version: { increment: 1 },
          updatedAt: new Date(now),
        }
        // The version is asked again: another update may have come between.
        const where = { ...live, id, version: expectedVersion }
        const [row] = await transaction.channel.updateManyAndReturn({ where, data })
        if (row !== undefined) return { outcome: 'updated', value: toChannel(row) }
        const again = await transaction.channel.findFirst({ where: { ...live, id }, select: { version: true } })
        return again === null ? { outcome: 'missing' } : { outcome: 'conflict', currentVersion: again.version }
      }),
    async remove(id, now) {
      const { count } = await database.channel.updateMany({
        where: { ...live, id },
        data: { deletedAt: new Date(now), liveKey: null, version: { increment: 1 } },
      })
      return count > 0
    },
    async namedBy(key, first) {
      const where = { orgId, deletedAt: null, notifyDirect: true, notify: { has: key } }
      const [rows, count] = await Promise.all([
        database.monitor.findMany({ where, select: { key: true }, orderBy: { key: 'asc' }, take: first }),
        database.monitor.count({ where }),
      ])
      return { monitorKeys: rows.map((row) => row.key), count }
    },
  }
}

/** The configuration of a stored channel, secrets and all. For whoever delivers. */
export function openChannelConfig(sealer: Sealer, row: Pick<Row, 'id' | 'sealedConfig'>): ChannelConfig {
  return JSON.parse(sealer.open(row.sealedConfig, row.id).toString()) as ChannelConfig
}

async function list(database: Database, orgId: string, page: PageRequest): Promise<CountedPage<Channel>> {
  const where = { orgId, deletedAt: null }
  const after = page.after === null ? '' : String(decodeCursor(LIST, page.after, ['string'])[0])
  const rows = await database.channel.findMany({
    where: { ...where, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: page.first + 1,
  })
  return {
    ...pageOf(rows, page.first, (row) => encodeCursor(LIST, [row.id]), toChannel),
    count: () => database.channel.count({ where }),
  }
}

function configColumns(sealer: Sealer, id: string, config: ChannelConfig) {
  return {
    kind: config.kind,
    config: maskChannelConfig(config) as Prisma.InputJsonObject,
    sealedConfig: Uint8Array.from(sealer.seal(Buffer.from(JSON.stringify(config)), id)),
  }
}

function toChannel(row: Row): Channel {
  return {
    id: row.id,
    orgId: row.orgId,
    key: row.key,
    version: row.version,
    name: row.name,
    kind: row.kind as Channel['kind'],
    config: row.config,
    sendResolved: row.sendResolved,
    enabled: row.enabled,
    disabledReason: row.disabledReason,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  }
}
