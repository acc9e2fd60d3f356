import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import { StartError } from '../schema/domain/errors.js'

/** A file of a set, `NNNN_name.sql`. */
export interface MigrationFile {
  /** The file's name; sets are applied in the order of names. */
  readonly name: string
  /** For messages. */
  readonly path: string
  readonly sql: string
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly checksum: string
}

/** What a store remembers of a file that was applied to it. */
export interface AppliedMigration {
  readonly name: string
  readonly checksum: string
}

/** Where the set of that name lies in this package. */
export function migrationFolder(set: 'engine' | 'metrics' | 'metrics-timescale' | 'clickhouse'): string {
  return join(packageRoot(), 'sql', set)
}

/**
 * The files of a folder in the order they apply: numbered 0001, 0002 … without a gap.
 *
 * @throws StartError MIGRATION_MISSING for a gap, a number used twice or a file that is not numbered.
 */
export async function readMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const expected = `${String(index + 1).padStart(4, '0')}_`
      if (!name.startsWith(expected))
        throw new StartError(
          'MIGRATION_MISSING',
          `Migration ${name} in ${folder} is where ${expected}….sql is expected.`,
        )
      return readMigration(name, join(folder, name))
    }),
  )
}

/** One file with its checksum. */
export async function readMigration(name: string, path: string): Promise<MigrationFile> {
  const bytes = await readFile(path)
  return { name, path, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
}

/**
 * The files still to be applied. What is applied has to be the first of the files, unchanged.
 *
 * @param store For messages: where the record of the applied ones is kept.
 * @throws StartError MIGRATION_CHANGED for a file that is no longer what was applied; MIGRATION_MISSING for a recorded
 *   file that is not here, or an unapplied one that stands before an applied one.
 */
export function pendingMigrations(
  files: readonly MigrationFile[],
  applied: readonly AppliedMigration[],
  store: string,
): MigrationFile[] {
  for (const { name, checksum } of applied) {
    const file = files.find((candidate) => candidate.name === name)
    if (!file)
      throw new StartError(
        'MIGRATION_MISSING',
        `Migration ${name} (checksum ${checksum}) is applied to ${store}, but this version of Tocsin has no such file; a newer version has run here.`,
      )
    if (file.checksum !== checksum)
      throw new StartError(
        'MIGRATION_CHANGED',
        `Migration ${file.path} has checksum ${file.checksum}, but ${checksum} was applied to ${store}; an applied file is never edited, add a new one.`,
      )
  }
  const names = new Set(applied.map(({ name }) => name))
  const pending = files.filter(({ name }) => !names.has(name))
  const lastApplied = files.findLast(({ name }) => names.has(name))
  const skipped = pending.find(({ name }) => lastApplied !== undefined && name < lastApplied.name)
  if (skipped && lastApplied)
    throw new StartError(
      'MIGRATION_MISSING',
      `Migration ${skipped.path} (checksum ${skipped.checksum}) was never applied to ${store}, though the later ${lastApplied.name} (checksum ${lastApplied.checksum}) was.`,
    )
  return pending
}

/** The error of a file that the store refused; nothing of it is kept where the store has transactions. */
export function migrationFailed(file: MigrationFile, store: string, cause: unknown): StartError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StartError('MIGRATION_FAILED', `Migration ${file.path} could not be applied to ${store}: ${reason}`)
}
