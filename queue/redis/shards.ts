import { createHash } from 'node:crypto'
import type { RedisClient } from './connections.js'
import { runScript, type Script } from './script.js'

/**
 * How many streams a signal has on a cluster. An org's batches stand in one of them; each is a hash tag of its own, so
 * the cluster can move it from node to node. Fixed, since every process must find an org in the same place.
 */
export const CLUSTER_SHARDS = 16

/** A part of the intake whose keys stand on one node, beginning with this. */
export type Shard = string

export function shardsOf(prefix: string, count: number): readonly Shard[] {
  return Array.from({ length: count }, (_, n) => `${prefix}{intake:${n}}`)
}

/** Where an org's batches stand. */
export function shardOf(shards: readonly Shard[], orgId: string): Shard {
  const number = createHash('sha1').update(orgId).digest().readUInt32BE(0) % shards.length
  const shard = shards[number]
  if (shard === undefined) throw new RangeError(`There is no shard ${number} among ${shards.length}.`)
  return shard
}

/** Runs an intake's script on a shard: its state is the declared key, the shard its first argument. */
export function onShard(
  client: RedisClient,
  shard: Shard,
  intakeScript: Script,
  args: readonly (string | number | Buffer)[] = [],
): Promise<unknown> {
  return runScript(client, intakeScript, `${shard}:state`, [shard, ...args])
}
