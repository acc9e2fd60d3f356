import { spawnSync } from 'node:child_process'
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Who holds a lock, as the holder wrote it down. */
export interface LockHolder {
  readonly pid: number
  /** ISO 8601. */
  readonly since: string
}

/** What came of asking for a lock. `holder` is null when the holder has not yet written its name. */
export type LockResult =
  | { readonly state: 'taken'; release(): void }
  | { readonly state: 'held'; readonly holder: LockHolder | null }
  | { readonly state: 'unusable'; readonly cause: Error }

/** O_EXLOCK of the BSDs and macOS: open(2) takes the flock(2) itself. Node names no constant for it. */
const O_EXLOCK = 0x20

/**
 * Takes an exclusive flock(2) on a file, without waiting. The lock belongs to the open file and the kernel drops it with
 * the process; it is seen across containers that share the directory, which pids and ports are not. A pid file was
 * rejected: taking over a stale one has a race, and pids repeat.
 *
 * Node has no flock. macOS takes it while opening; on Linux flock(1) (util-linux or BusyBox) takes it on our inherited
 * descriptor, and the lock stays with that when the command has gone (3 ms).
 */
export function lockFile(path: string): LockResult {
  const base = constants.O_RDWR | constants.O_CREAT
  let file: number
  try {
    file = openSync(path, process.platform === 'linux' ? base : base | O_EXLOCK | constants.O_NONBLOCK, 0o600)
  } catch (error) {
    if (isHeld(error)) return { state: 'held', holder: readHolder(path) }
    return { state: 'unusable', cause: asError(error) }
  }
  if (process.platform === 'linux') {
    const { status, error, stderr } = spawnSync('flock', ['-xn', '3'], { stdio: ['ignore', 'ignore', 'pipe', file] })
    if (status !== 0) {
      closeSync(file)
      if (status === 1) return { state: 'held', holder: readHolder(path) }
      const missing = 'the command flock (of util-linux) is missing'
      return { state: 'unusable', cause: new Error(error ? missing : `flock said: ${stderr.toString().trim()}`) }
    }
  }
  ftruncateSync(file)
  writeSync(file, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }))
  let held = true
  const release = () => {
    if (held) closeSync(file)
    held = false
  }
  return { state: 'taken', release }
}

function readHolder(path: string): LockHolder | null {
  try {
    const { pid, since } = JSON.parse(readFileSync(path, 'utf8'))
    return typeof pid === 'number' && typeof since === 'string' ? { pid, since } : null
  } catch {
    // The holder is between taking the lock and writing its name.
    return null
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK')
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
