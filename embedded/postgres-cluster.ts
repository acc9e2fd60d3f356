import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { StartError } from '../schema/domain/errors.js'
import type { DataDir } from './data-dir.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import { giveTo, type ServiceUser } from './service-user.js'
import { spawnSupervised } from './supervised.js'

/** The superuser of the embedded cluster, and its database. */
export const POSTGRES_NAME = 'tocsin'

/** How to reach the cluster, kept beside it in `postgres.json` (mode 0600). */
export interface PostgresAccess {
  readonly password: string
  /** The port of the last start, taken again when it is free; 0 before the first. */
  readonly port: number
}

/**
 * How PostgreSQL is told its data directory: as the folder it is started in. The path through /proc needs no right on
 * the folders above, so a service user runs in a directory below a home that only root may enter. Measured: initdb and
 * postgres work so with parents of mode 0700; with `-D .` they do not, since both make the path absolute.
 */
export function dataArgument(data: string, user: ServiceUser | null): string {
  return user !== null && existsSync('/proc/self/cwd') ? '/proc/self/cwd' : data
}

/**
 * The cluster's folder, made at the first start. A start that was killed in the middle leaves nothing that counts: the
 * cluster is made under another name and moved into place when it is whole.
 *
 * @throws StartError ENGINE_MISSING when initdb fails, DATA_DIR_UNUSABLE when the password is gone.
 */
export async function openCluster(
  dataDir: DataDir,
  user: ServiceUser | null,
  binaries: PostgresBinaries,
  durable: boolean,
): Promise<{ data: string; access: PostgresAccess }> {
  const data = join(dataDir.postgres, 'data')
  const accessPath = join(dataDir.path, 'postgres.json')
  mkdirSync(dataDir.postgres, { recursive: true, mode: 0o700 })
  giveTo(user, dataDir.postgres)
  const owner = statSync(dataDir.postgres).uid
  if (user === null && owner !== process.getuid?.())
    throw new StartError(
      'DATA_DIR_UNUSABLE',
      `The folder ${dataDir.postgres} belongs to the user with id ${owner}, as whom Tocsin's PostgreSQL ran when root started it; start as root again, or give the data directory to this user.`,
    )
  if (existsSync(data)) return { data, access: readAccess(accessPath) }

  const fresh = join(dataDir.postgres, 'unfinished')
  const passwordFile = join(dataDir.postgres, 'password')
  // An initdb that was cut short is still clearing up for some ms.
  rmSync(fresh, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  mkdirSync(fresh, { mode: 0o700 })
  const access = { password: randomBytes(24).toString('base64url'), port: 0 }
  writeFileSync(passwordFile, access.password, { mode: 0o600 })
  if (user) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid)
  try {
    const child = spawnSupervised(
      [
        ...[binaries.initdb, '-D', dataArgument(fresh, user), '--username', POSTGRES_NAME, '--pwfile=../password'],
        ...['--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions'],
        // The collation that PostgreSQL brings itself: the same on every system, and no update of libc breaks an index.
        ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
        ...(durable ? [] : ['--no-sync']),
      ],
      user,
      fresh,
    )
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
    if (status !== 0)
      throw new StartError(
        'ENGINE_MISSING',
        `The embedded PostgreSQL could not make its cluster in ${fresh}: ${said.trim()}`,
      )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  writeAccess(accessPath, access)
  renameSync(fresh, data)
  return { data, access }
}

/** Keeps the access; written beside and moved into place, so that it is never half there. */
export function writeAccess(path: string, access: PostgresAccess): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, JSON.stringify(access), { mode: 0o600 })
  chmodSync(fresh, 0o600)
  renameSync(fresh, path)
}

function readAccess(path: string): PostgresAccess {
  try {
    const { password, port } = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof password === 'string' && typeof port === 'number') return { password, port }
  } catch (error) {
    if (!(error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')))
      throw error
  }
  throw new StartError(
    'DATA_DIR_UNUSABLE',
    `The password of the embedded PostgreSQL is not in ${path}, where it was kept.`,
  )
}
