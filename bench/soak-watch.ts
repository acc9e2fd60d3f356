import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { promisify } from 'node:util'
import { expositionValues, largest } from './exposition-values.js'

/** How a Tocsin stood at one moment. */
export interface Sight {
  readonly minute: number
  /** Resident set, MiB. */
  readonly resident: number
  readonly heap: number
  /** Open ones, but for those of the tables' parts, which come and go, and of ClickHouse's look at its own threads. */
  readonly files: number
  readonly threads: number
  readonly queued: number
  /** How far behind the signal furthest behind was, s. */
  readonly lag: number
  readonly loopDelay: number
  readonly disk: number
}

const EVERY_MS = 5_000
const MIB = 1024 * 1024
const run = promisify(execFile)

/** Looks at a Tocsin every 5 s until stopped. */
export function watchTocsin(tocsin: { readonly pid: number; readonly ingestUrl: string; readonly dataDir: string }): {
  readonly sights: readonly Sight[]
  stop(): void
} {
  const sights: Sight[] = []
  const start = performance.now()
  let stopped = false
  const look = async () => {
    const values = await expositionValues(tocsin.ingestUrl)
    const status = readFileSync(`/proc/${tocsin.pid}/status`, 'utf8')
    const ofStatus = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    sights.push({
      minute: (performance.now() - start) / 60_000,
      resident: ofStatus('VmRSS') / 1024,
      heap: largest(values, 'tocsin_process_heap_used_bytes') / MIB,
      files: openFiles(tocsin.pid).filter((file) => !file.includes('/clickhouse/') && !file.startsWith('/proc/'))
        .length,
      threads: ofStatus('Threads'),
      queued: largest(values, 'tocsin_queue_batches'),
      lag: largest(values, 'tocsin_watermark_age_seconds'),
      loopDelay: largest(values, 'tocsin_process_event_loop_delay_max_seconds') * 1_000,
      disk: await diskMiB(tocsin.dataDir),
    })
  }
  const again = () => {
    if (stopped) return
    // A look that fails, as while files come and go, is one look fewer.
    look()
      .catch((error: unknown) => console.error(`  … could not look: ${error}`))
      .finally(() => setTimeout(again, EVERY_MS).unref())
  }
  again()
  return {
    sights,
    stop() {
      stopped = true
    },
  }
}

/** What the open files of a process are. */
function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch (error) {
      // Closed since the folder was read.
      if (error instanceof Error) return []
      throw error
    }
  })
}

/** Files that go while they are counted make `du` complain, and it tells the sum all the same. */
async function diskMiB(path: string): Promise<number> {
  const { stdout } = await run('du', ['-sk', path]).catch((error: { stdout: string }) => error)
  return Number(stdout.split('\t')[0]) / 1024
}
