import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** How long each way of stopping is waited for before the next, in ms: fast, immediate, kill. */
const PATIENCE: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 5_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 3_000],
]

/**
 * Stops the PostgreSQL that an earlier process of ours left running on `data` when it was killed, and takes away a
 * pid file that names somebody else's process, at which PostgreSQL would refuse to start. The caller holds the lock of
 * the data directory, so whatever still runs on it has lost its master.
 *
 * @returns Whether one was found running.
 * @throws Error when it does not go.
 */
export async function stopLeftover(data: string): Promise<boolean> {
  if (running(data).length === 0) {
    rmSync(join(data, 'postmaster.pid'), { force: true })
    return false
  }
  for (const [signal, patience] of PATIENCE) {
    const postmaster = postmasterPid(data)
    for (const pid of running(data)) if (signal === 'SIGKILL' || pid === postmaster) send(pid, signal)
    const deadline = performance.now() + patience
    while (performance.now() < deadline) {
      if (running(data).length === 0) {
        rmSync(join(data, 'postmaster.pid'), { force: true })
        return true
      }
      await delay(5)
    }
  }
  throw new Error(`PostgreSQL still runs on ${data} as process ${running(data).join(', ')}, after SIGKILL.`)
}

/** The process at the head of a cluster, as its pid file names it. */
export function postmasterPid(data: string): number | null {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Processes of PostgreSQL that run on `data`: each stands in it as its working directory, which tells ours from any
 * other, and a pid from one that was given again. Without /proc, the postmaster is told by its command line.
 */
function running(data: string): number[] {
  if (process.platform !== 'linux') {
    const pid = postmasterPid(data)
    if (pid === null) return []
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout.includes('postgres') && stdout.includes(data) ? [pid] : []
  }
  const home = statSync(data)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const cwd = statSync(`/proc/${name}/cwd`)
        if (cwd.ino !== home.ino || cwd.dev !== home.dev) return false
        return /\/postgres( \(deleted\))?$/.test(readlinkSync(`/proc/${name}/exe`))
      } catch {
        // Gone since the listing, or another user's, which ours cannot be.
        return false
      }
    })
    .map(Number)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
