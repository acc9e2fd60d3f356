import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeDirectory } from '../embedded/make-directory.js'
import { StartError } from '../schema/domain/errors.js'

/** What the first start leaves in `bootstrap.json` (mode 0600), for people and programs that begin there. */
export interface CredentialsFile {
  readonly graphqlUrl: string
  readonly ingestUrl: string
  readonly email: string
  readonly password: string
  readonly apiToken: string
  readonly orgSlug: string
  readonly ingestKey: { readonly key: string; readonly secret: string }
  readonly bearerKey: { readonly key: string; readonly secret: string }
}

export function credentialsPath(dataDir: string): string {
  return join(resolve(dataDir), 'bootstrap.json')
}

/** Writes the file whole or not at all: a reader never sees half of it. Throws `StartError` when it cannot. */
export function writeCredentials(path: string, credentials: CredentialsFile): void {
  const draft = `${path}.new`
  try {
    makeDirectory(dirname(path), 0o700)
    writeFileSync(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
    renameSync(draft, path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      'DATA_DIR_UNUSABLE',
      `The first credentials cannot be written to ${path} (${reason}); set TOCSIN_DATA_DIR to a directory that can be written.`,
    )
  }
}

/** The file of an earlier start; null when there is none. */
export function readCredentials(path: string): CredentialsFile | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CredentialsFile) : null
}
