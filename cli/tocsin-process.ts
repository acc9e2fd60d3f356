import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { packageRoot } from '../package-root.js'
import type { Bootstrap } from './bootstrap.js'

/** A Tocsin of its own, as a child process. */
export interface TocsinProcess {
  readonly pid: number
  readonly bootstrap: Bootstrap
  /** Settles when the process has gone. */
  readonly gone: Promise<void>
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
  /** Ends it as a crash would, SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
}

const START_PATIENCE_MS = 60_000

/**
 * Starts Tocsin with every role on free ports and a data directory of its own, and waits until it is ready. Its logs go
 * to `tocsin.log` in that directory.
 */
export async function startTocsin(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): Promise<TocsinProcess> {
  const {
    DATABASE_URL: _control,
    METRICS_DATABASE_URL: _metrics,
    CLICKHOUSE_URL: _clickhouse,
    REDIS_URL: _redis,
    ...inherited
  } = process.env
  const kept = Object.fromEntries(Object.entries(inherited).filter(([name]) => !name.startsWith('TOCSIN_')))
  const child = spawn(process.execPath, [...nodeArguments, join(packageRoot(), 'tocsin.cjs')], {
    env: {
      ...kept,
      TOCSIN_DATA_DIR: dataDir,
      TOCSIN_GATEWAY_PORT: '0',
      TOCSIN_INGEST_PORT: '0',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C of the terminal is ours to pass on, in order.
    detached: true,
  })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const log = createWriteStream(join(dataDir, 'tocsin.log'), { flags: 'a' })
  child.stdout.pipe(log)
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
    log.write(chunk)
  })
  const gone = once(child, 'exit').then(() => undefined)
  const bootstrap = await ready(child, join(dataDir, 'bootstrap.json'), () => complaint).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    pid: child.pid ?? 0,
    bootstrap,
    gone,
    stop: () => stop(child, gone),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Ready is what `/readyz` says, on the address that the first start wrote down. */
async function ready(child: ChildProcess, path: string, complaint: () => string): Promise<Bootstrap> {
  const until = Date.now() + START_PATIENCE_MS
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Tocsin ended with ${child.exitCode ?? child.signalCode} at its start: ${complaint().trim()}`)
    if (existsSync(path)) {
      const bootstrap = JSON.parse(readFileSync(path, 'utf8')) as Bootstrap
      if ((await answersReady(bootstrap.graphqlUrl)) && (await answersReady(bootstrap.ingestUrl))) return bootstrap
    }
    await delay(100)
  }
  throw new Error(`Tocsin was not ready after ${START_PATIENCE_MS / 1000} s: ${complaint().trim()}`)
}

async function answersReady(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(1_000) })).ok
  } catch (error) {
    // Not listening yet, or on the port of an earlier start.
    if (error instanceof Error) return false
    throw error
  }
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const forced = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(forced)
}
