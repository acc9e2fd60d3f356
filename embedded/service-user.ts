import { spawnSync } from 'node:child_process'
import { chownSync, lchownSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../schema/domain/errors.js'

/** The operating system's user that runs PostgreSQL, which refuses to run as root. */
export interface ServiceUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * The user PostgreSQL is to run as, or null for ourselves, which is every case but root's. As root: the owner of the
 * folder when it is there already (so that a user added later changes nothing), else `postgres`, else `nobody`.
 *
 * @throws StartError ENGINE_MISSING as root on a machine that has neither.
 */
export function serviceUser(folder: string): ServiceUser | null {
  if (process.getuid?.() !== 0) return null
  const owner = statSync(folder, { throwIfNoEntry: false })
  const names = owner && owner.uid !== 0 ? [String(owner.uid), 'postgres', 'nobody'] : ['postgres', 'nobody']
  for (const name of names) {
    const [uid, gid] = [accountId(name, '-u'), accountId(name, '-g')]
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid }
  }
  throw new StartError(
    'ENGINE_MISSING',
    'PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody; run Tocsin as an ordinary user, or set DATABASE_URL.',
  )
}

/** Node cannot look up a user; `id` asks what the system asks (files, directories), with a name or a number. */
function accountId(name: string, which: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [which, name], { encoding: 'utf8' })
  return status === 0 && /^\d+\n$/.test(stdout) ? Number(stdout) : null
}

/**
 * Gives a folder and all in it to the service user, when its owner is another one: a data directory that was copied by
 * root belongs to root.
 */
export function giveTo(user: ServiceUser | null, folder: string): void {
  if (user === null || statSync(folder).uid === user.uid) return
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, entry), user.uid, user.gid)
  chownSync(folder, user.uid, user.gid)
}
