import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { packageRoot } from '../package-root.js'

/** A Tocsin with every role and stores of its own, as a child process. */
export interface TocsinProcess {
  readonly pid: number
  readonly graphqlUrl: string
  readonly ingestUrl: string
  readonly apiToken: string
  readonly ingestKey: { readonly key: string; readonly secret: string }
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
}

const START_MS = 60_000

/** Starts it on a data directory and free ports, and waits until both servers say they are ready. */
export async function startTocsinProcess(dataDir: string): Promise<TocsinProcess> {
  const unset = ['DATABASE_URL', 'METRICS_DATABASE_URL', 'CLICKHOUSE_URL', 'REDIS_URL']
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('TOCSIN_') && !unset.includes(name))
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/main.js')], {
    env: {
      ...Object.fromEntries(kept),
      TOCSIN_DATA_DIR: dataDir,
      TOCSIN_GATEWAY_PORT: '0',
      TOCSIN_INGEST_PORT: '0',
      TOCSIN_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000)
  })
  const file = join(dataDir, 'bootstrap.json')
  for (const start = Date.now(); ; await delay(100)) {
    if (child.exitCode !== null)
      throw new Error(`Tocsin ended with ${child.exitCode} at its start: ${complaint.trim()}`)
    if (existsSync(file)) {
      const found = JSON.parse(readFileSync(file, 'utf8')) as Omit<TocsinProcess, 'pid' | 'stop'>
      if ((await isReady(found.graphqlUrl)) && (await isReady(found.ingestUrl)))
        return {
          ...found,
          pid: child.pid ?? 0,
          async stop() {
            child.kill('SIGTERM')
            await ended
          },
        }
    }
    if (Date.now() - start > START_MS) {
      child.kill('SIGKILL')
      throw new Error(`Tocsin was not ready after ${START_MS / 1000} s: ${complaint.trim()}`)
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/readyz', url))).ok
  } catch (error) {
    // Not listening yet.
    if (error instanceof Error) return false
    throw error
  }
}
