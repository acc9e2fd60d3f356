import { SIGNALS, type Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import type { EnqueueResult, Intake, WatermarkReading } from '../../schema/ports/intake.js'
import type { FanOut } from '../../schema/ports/limits.js'
import { announcer } from '../announcer.js'
import { type DeadLetterStore, deadLetterAad } from '../dead-letters.js'
import { createWaiters } from '../waiters.js'
import { endClient, namesCluster, openRedis } from './connections.js'
import { type EntryLine, entryOf, intakeClaims, signalOf } from './intake-claims.js'
import * as scripts from './intake-scripts.js'
import { memoryRatio } from './server-facts.js'
import { CLUSTER_SHARDS, onShard, type Shard, shardOf, shardsOf } from './shards.js'

/** An enqueue that is not answered by then is refused, ms. It may stand in the queue all the same: sent again, it is a replay. */
const ENQUEUE_TIMEOUT_MS = 5000
const CLAIM_TIMEOUT_MS = 30_000

/** A consumer that holds nothing and was not heard of for so long is forgotten, ms. */
const CONSUMER_IDLE_MS = 3_600_000

export interface RedisIntakeDeps {
  /** `redis://` or `rediss://`, or a comma-separated list of nodes of a cluster. */
  readonly url: string
  /** See `RedisTarget`. */
  readonly ca?: string | undefined
  /** Encrypts a dead letter's body; `aad` is what it is bound to (see `deadLetterAad`). */
  readonly seal: (bytes: Uint8Array, aad: string) => Uint8Array
  /** Stays open at `close`. */
  readonly deadLetters: DeadLetterStore
  readonly log: Log
  /** Wakes consumers in other processes. Left out, those look again when their wait ends. Stays open at `close`. */
  readonly fanOut?: FanOut
  /** What every key begins with. */
  readonly prefix?: string
}

/**
 * The intake on Redis Streams: an entry per batch in a stream per signal, read by a consumer group, deleted with its
 * acknowledgement and never trimmed. On a cluster an org's batches stand in one of 16 shards, and claims take the oldest
 * of all. Durable as the server's `appendonly` and `appendfsync` say.
 *
 * Enqueues have a connection of their own, so that the bodies a claim reads delay no 202.
 */
export function createRedisIntake(deps: RedisIntakeDeps): Intake {
  const { url, ca, seal, deadLetters, log, fanOut, prefix = 'tocsin:' } = deps
  const shards = shardsOf(prefix, namesCluster(url) ? CLUSTER_SHARDS : 1)
  const enqueues = openRedis({ url, log, ca }, { name: 'enqueue', commandTimeoutMs: ENQUEUE_TIMEOUT_MS })
  const claims = openRedis({ url, log, ca }, { name: 'intake', commandTimeoutMs: CLAIM_TIMEOUT_MS })
  const waiters = createWaiters((error) =>
    log.warn({ err: error }, 'The intake could not be asked for waiting batches.'),
  )
  const announce = announcer(fanOut, log)
  const listening = fanOut
    ?.subscribe('intake', (signal) => waiters.wake(signal as Signal))
    .catch((error) => log.warn({ err: error }, 'Enqueues of other processes cannot be heard; they are looked for.'))

  function somethingToDo(signal: Signal): void {
    waiters.wake(signal)
    announce.say(signal)
  }

  const onEach = <T>(run: (shard: Shard) => Promise<T>) => Promise.all(shards.map(run))

  async function depths() {
    const answers = await onEach((shard) => onShard(claims, shard, scripts.DEPTH, SIGNALS))
    return (answers as [number, number, string, string][]).map(([batches, bytes, now, oldest]) => ({
      batches,
      bytes,
      oldestAgeMs: oldest === '' ? 0 : Math.max(0, Number(now) - Number(oldest)),
    }))
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

  let closed: Promise<void> | null = null
  async function shut(): Promise<void> {
    waiters.close()
    await announce.close()
    const stopListening = await listening
    if (stopListening) await stopListening()
    endClient(enqueues)
    endClient(claims)
  }

  return {
    ...intakeClaims(claims, shards, somethingToDo, log),

    async enqueue(batch): Promise<EnqueueResult> {
      const { batchId, orgId, keyId, signal, protocol, items, body } = batch
      const { scope, bodyHash, ttlMs } = batch.idempotency
      const [outcome, ...first] = (await onShard(enqueues, shardOf(shards, orgId), scripts.ENQUEUE, [
        ...[batchId, orgId, keyId, signal, protocol, items, body.bytes, body.encoding, hex(scope), hex(bodyHash)],
        ...[Math.max(1, Math.ceil(ttlMs)), asBuffer(body.packed)],
      ])) as [EnqueueResult['outcome'], string, string, string]
      if (outcome === 'conflict') return { outcome }
      if (outcome === 'accepted') somethingToDo(signal)
      return { outcome, batchId: first[0], items: Number(first[1]), acceptedAt: Number(first[2]) }
    },

    async deadLetter(batchId, reason) {
      for (const shard of shards) {
        const line = (await onShard(claims, shard, scripts.ENTRY, [batchId])) as EntryLine | []
        if (line.length === 0) continue
        const body = (await claims.callBuffer('GET', `${shard}:body:${batchId}`)) as Buffer | null
        if (body === null) return
        const { stamp: _, deliveries: __, ...entry } = entryOf(line, signalOf(line))
        // Kept first, then taken from the queue: a crash in between keeps it in both, and the next time puts away nothing.
        await deadLetters.keep({ ...entry, reason, sealedBody: seal(body, deadLetterAad(entry.orgId, batchId)) })
        await onShard(claims, shard, scripts.ACKNOWLEDGE, [batchId])
      }
    },

    async watermarks(): Promise<WatermarkReading> {
      const readings = (await onEach((shard) => onShard(claims, shard, scripts.WATERMARKS))) as string[][]
      const oldest = readings.flatMap(([, ...facts]) =>
        facts.flatMap((signal, i) =>
          i % 3 === 0
            ? [{ signal: signal as Signal, orgId: facts[i + 1] ?? '', acceptedAt: Number(facts[i + 2]) }]
            : [],
        ),
      )
      // What a shard accepts from here on it stamps later than its own reading, so no later than the least of them.
      return { now: Math.min(...readings.map(([now]) => Number(now))), oldest }
    },

    async depth() {
      const all = await depths()
      return { batches: sum(all.map(({ batches }) => batches)), bytes: sum(all.map(({ bytes }) => bytes)) }
    },

    async pressure() {
      const [all, ratio] = await Promise.all([depths(), memoryRatio(claims)])
      return {
        batches: sum(all.map(({ batches }) => batches)),
        bytes: sum(all.map(({ bytes }) => bytes)),
        oldestAgeMs: Math.max(...all.map(({ oldestAgeMs }) => oldestAgeMs)),
        memoryRatio: ratio,
      }
    },

    waitForWork: (signal, timeoutMs, abort) =>
      waiters.wait(signal, timeoutMs, abort, async () => {
        await listening
        const claimable = await onEach((shard) => onShard(claims, shard, scripts.CLAIMABLE, [signal, 1]))
        return (claimable as string[][]).some((facts) => facts.length > 0)
      }),

    /** Scopes are forgotten by the server itself; what is swept are consumers of processes that are no more. */
    async sweep() {
      await onEach((shard) => onShard(claims, shard, scripts.SWEEP, [CONSUMER_IDLE_MS, ...SIGNALS]))
      return 0
    },

    close() {
      closed ??= shut()
      return closed
    },
  }
}

const hex = (bytes: Uint8Array) => asBuffer(bytes).toString('hex')

/** The driver sends a Buffer as bytes; another Uint8Array it would not. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
