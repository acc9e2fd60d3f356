import { join, resolve } from 'node:path'
import { StartError } from '../schema/domain/errors.js'
import { lockFile } from './lock-file.js'
import { makeDirectory } from './make-directory.js'

/** The data directory, held by this process alone until `release`. */
export interface DataDir {
  /** Absolute. */
  readonly path: string
  /** Folder of the embedded PostgreSQL. As root it belongs to the service user that runs PostgreSQL. */
  readonly postgres: string
  /** Folder of the embedded ClickHouse. */
  readonly clickhouse: string
  /** Lets another process open the directory. Called once everything that lives in it has stopped. */
  release(): void
}

/**
 * Makes the data directory (mode 0700) when it is missing, and holds it. The kernel keeps the lock and lets it go when
 * the process ends in whatever way, so nothing stale is left behind by `kill -9`. A directory that exists keeps its
 * mode: who may look into it is then its owner's decision.
 *
 * The mode is 0700 even where PostgreSQL runs as another user: it is started inside its folder and never walks the path.
 *
 * @throws StartError DATA_DIR_LOCKED when another process holds it, DATA_DIR_UNUSABLE when it cannot be written.
 */
export function openDataDir(path: string): DataDir {
  const root = resolve(path)
  try {
    makeDirectory(root, 0o700)
  } catch (error) {
    throw unusable(root, error)
  }
  const lock = lockFile(join(root, 'lock'))
  if (lock.state === 'unusable') throw unusable(root, lock.cause)
  if (lock.state === 'held') {
    const holder = lock.holder === null ? 'another process' : `process ${lock.holder.pid} since ${lock.holder.since}`
    throw new StartError(
      'DATA_DIR_LOCKED',
      `The data directory ${root} is in use by ${holder}; stop that one first, or set TOCSIN_DATA_DIR to another directory.`,
    )
  }
  return {
    path: root,
    postgres: join(root, 'postgres'),
    clickhouse: join(root, 'clickhouse'),
    release: lock.release,
  }
}

function unusable(root: string, cause: unknown): StartError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StartError(
    'DATA_DIR_UNUSABLE',
    `The data directory ${root} cannot be made or written (${reason}); set TOCSIN_DATA_DIR to a directory that can.`,
  )
}
