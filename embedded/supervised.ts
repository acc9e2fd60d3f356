import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { ServiceUser } from './service-user.js'

/**
 * A shell stands between us and the program and reads from a pipe that we alone hold. When the pipe closes, because we
 * stop or because we were killed, it interrupts the program (for PostgreSQL: a fast shutdown), so that no `kill -9`
 * leaves one behind. A Node process for that would take 40 MB.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- &
program=$!
{ read -r _ <&3; kill -INT $program; } 2>/dev/null &
watcher=$!
exec 3<&-
wait $program
status=$?
kill $watcher 2>/dev/null
exit $status`

/** A program that ends when its `stdin` here is ended, or with us. */
export type Supervised = ChildProcessByStdio<Writable, null, Readable>

/**
 * Runs a program as the service user (null: as ourselves) with `cwd` as its directory, which only we have to be able to
 * reach, and with none of our environment (PGDATA and the like).
 */
export function spawnSupervised(command: readonly string[], user: ServiceUser | null, cwd: string): Supervised {
  return spawn('/bin/sh', ['-c', SUPERVISOR, 'tocsin-supervisor', ...command], {
    cwd,
    // Messages in English, since a start is told by one.
    env: { LC_ALL: 'C' },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
    // A session of its own: Ctrl-C at the terminal is for us, and we stop PostgreSQL last.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
}
