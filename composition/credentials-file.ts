import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataDir } from '../embedded/data-dir.js'

/** What the first start leaves in `bootstrap.json` (mode 0600). */
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

export function credentialsPath(dataDir: DataDir): string {
  return join(dataDir.path, 'bootstrap.json')
}

/** Writes the file whole or not at all: a reader never sees half of it. */
export function writeCredentials(dataDir: DataDir, credentials: CredentialsFile): void {
  const path = credentialsPath(dataDir)
  const draft = `${path}.new`
  writeFileSync(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}

/** The file of an earlier start; null when there is none. */
export function readCredentials(dataDir: DataDir): CredentialsFile | null {
  const path = credentialsPath(dataDir)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CredentialsFile) : null
}
