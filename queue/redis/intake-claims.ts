import { SIGNALS, type Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import type { BatchProtocol, ClaimedBatch, Intake } from '../../schema/ports/intake.js'
import { packedBody } from '../../schema/ports/packed-body.js'
import type { RedisClient } from './connections.js'
import * as scripts from './intake-scripts.js'
import { onShard, type Shard } from './shards.js'

/** The consumers' side of the intake. */
export type IntakeClaims = Pick<Intake, 'claim' | 'claimThese' | 'extend' | 'release' | 'releaseAll' | 'acknowledge'>

/** A line of a script's answer: stamp, deliveries, and the fields of the entry in their order. */
export type EntryLine = readonly [string, number, string, string, string, string, string, string, string, Signal?]

/** An entry without its body. */
export interface Entry extends Omit<ClaimedBatch, 'body'> {
  /** µs: what entries of all shards are ordered by. */
  readonly stamp: number
  readonly bytes: number
  readonly encoding: string
}

export function entryOf(line: EntryLine, signal: Signal): Entry {
  const [id, deliveries, batchId, orgId, keyId, protocol, items, bytes, encoding] = line
  const stamp = Number.parseInt(id, 10)
  return {
    stamp,
    acceptedAt: Math.floor(stamp / 1000),
    deliveries,
    batchId,
    orgId,
    keyId,
    signal,
    protocol: protocol as BatchProtocol,
    items: Number(items),
    bytes: Number(bytes),
    encoding,
  }
}

/** @param released Hears the signals of which batches can be claimed again. */
export function intakeClaims(
  client: RedisClient,
  shards: readonly Shard[],
  released: (signal: Signal) => void,
  log: Log,
): IntakeClaims {
  /** Runs a script on every shard: an id does not tell where its batch stands. */
  const everywhere = async <T>(run: (shard: Shard) => Promise<T[]>) => (await Promise.all(shards.map(run))).flat()

  /** Bodies are read after the claim: a consumer that dies in between holds them until its claim runs out. */
  async function withBodies(shard: Shard, entries: readonly Entry[]): Promise<(ClaimedBatch & { stamp: number })[]> {
    if (entries.length === 0) return []
    const keys = entries.map(({ batchId }) => `${shard}:body:${batchId}`)
    const bodies = (await client.callBuffer('MGET', ...keys)) as (Buffer | null)[]
    return entries.flatMap(({ encoding, bytes, ...batch }, i) => {
      const stored = bodies[i] ?? null
      if (stored !== null) return [{ ...batch, body: packedBody(encoding, bytes, stored) }]
      log.warn({ batchId: batch.batchId }, 'A claimed batch was acknowledged before its body was read.')
      return []
    })
  }

  function oldestFirst(batches: readonly (ClaimedBatch & { stamp: number })[]): ClaimedBatch[] {
    return [...batches].sort((a, b) => a.stamp - b.stamp).map(({ stamp: _, ...batch }) => batch)
  }

  /** How many batches of each shard are among the oldest that fit the limits. */
  async function quotas(signal: Signal, maxBatches: number, maxBytes: number): Promise<Map<Shard, number>> {
    const claimable = await everywhere(async (shard) => {
      const facts = (await onShard(client, shard, scripts.CLAIMABLE, [signal, maxBatches])) as string[]
      return facts.flatMap((id, i) =>
        i % 2 === 0 ? [{ shard, stamp: Number.parseInt(id, 10), bytes: Number(facts[i + 1]) }] : [],
      )
    })
    const counts = new Map<Shard, number>()
    let bytes = 0
    for (const each of claimable.sort((a, b) => a.stamp - b.stamp).slice(0, maxBatches)) {
      if (bytes > 0 && bytes >= maxBytes) break
      bytes += each.bytes
      counts.set(each.shard, (counts.get(each.shard) ?? 0) + 1)
    }
    return counts
  }

  async function claimOn(shard: Shard, signal: Signal, args: readonly (string | number)[]) {
    const lines = (await onShard(client, shard, scripts.CLAIM, [signal, ...args])) as EntryLine[]
    return withBodies(
      shard,
      lines.map((line) => entryOf(line, signal)),
    )
  }

  return {
    async claim(consumer, signal, { maxBatches, maxBytes, claimMs }) {
      const [only, ...others] = shards
      if (only !== undefined && others.length === 0)
        return oldestFirst(await claimOn(only, signal, [consumer, claimMs, maxBatches, maxBytes]))
      // What another consumer takes in between is followed by the next of that shard: nothing is left out for it.
      const counts = await quotas(signal, maxBatches, maxBytes)
      const claimed = await Promise.all(
        [...counts].map(([shard, count]) => claimOn(shard, signal, [consumer, claimMs, count, maxBytes])),
      )
      return oldestFirst(claimed.flat())
    },
    async claimThese(consumer, batchIds, claimMs) {
      if (batchIds.length === 0) return []
      const claimed = await everywhere(async (shard) => {
        const lines = (await onShard(client, shard, scripts.CLAIM_THESE, [
          consumer,
          claimMs,
          ...batchIds,
        ])) as EntryLine[]
        return withBodies(
          shard,
          lines.map((line) => entryOf(line, signalOf(line))),
        )
      })
      return oldestFirst(claimed)
    },
    async extend(consumer, batchIds, claimMs) {
      if (batchIds.length === 0) return []
      return everywhere(
        async (shard) => (await onShard(client, shard, scripts.EXTEND, [consumer, claimMs, ...batchIds])) as string[],
      )
    },
    async release(consumer, batchIds) {
      if (batchIds.length === 0) return
      const signals = await everywhere(
        async (shard) => (await onShard(client, shard, scripts.RELEASE, [consumer, ...batchIds])) as Signal[],
      )
      for (const signal of new Set(signals)) released(signal)
    },
    async releaseAll() {
      await Promise.all(shards.map((shard) => onShard(client, shard, scripts.RELEASE_ALL, SIGNALS)))
    },
    async acknowledge(batchIds) {
      if (batchIds.length === 0) return
      await Promise.all(shards.map((shard) => onShard(client, shard, scripts.ACKNOWLEDGE, batchIds)))
    },
  }
}

/** The signal that scripts which look batches up by their id tell last. */
export function signalOf(line: EntryLine): Signal {
  const signal = SIGNALS.find((one) => one === line[9])
  if (signal === undefined) throw new Error(`A batch in the queue is of the signal ${line[9]}; known are ${SIGNALS}.`)
  return signal
}
