import { createHash } from 'node:crypto'
import type { RedisClient } from './connections.js'

/** A Lua script. All its keys share a hash tag, so that one node of a cluster holds them. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Runs a script by its hash, and by its text on a server that does not know it yet.
 *
 * @param key Decides the node; the script names its other keys itself.
 */
export async function runScript(
  client: RedisClient,
  { lua, sha }: Script,
  key: string,
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await client.call('EVALSHA', sha, 1, key, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return client.call('EVAL', lua, 1, key, ...args)
  }
}
