import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openDataDir } from '../../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../../embedded/postgres.js'
import { applyPrismaMigrations } from '../../prisma/migrate.js'
import { StartError } from '../../schema/domain/errors.js'
import { migratePostgres } from '../../sql/migrate-postgres.js'
import { scratchBase } from './scratch-base.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the run's PostgreSQL, of a database for administration. */
    postgresUrl: string
    /** Folder for the scratch data of all tests; it goes with the run, or with the next one if this one is killed. */
    scratchPath: string
    /** Why the template database could not be migrated; empty when it was. */
    templateFault: string
  }
}

/** The database that tests clone; nobody connects to it once it is migrated. */
export const TEMPLATE = 'tocsin_template'

const PREFIX = 'tocsin-vitest-'

/** One PostgreSQL for the whole run, with a migrated template. A broken migration fails the tests that need it, alone. */
export default async function startStores(project: TestProject): Promise<() => Promise<void>> {
  const folder = scratchBase()
  sweep(folder)
  const path = mkdtempSync(join(folder, PREFIX))
  const dataDir = openDataDir(path)
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  let fault = ''
  try {
    await makeTemplate(postgres.url)
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error)
  }
  project.provide('postgresUrl', postgres.url)
  project.provide('templateFault', fault)
  project.provide('scratchPath', path)
  return async () => {
    await postgres.stop()
    dataDir.release()
    rmSync(path, { recursive: true, force: true })
  }
}

/** Takes away what runs that were killed have left: nobody holds it. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(folder, name)
    // One that has no lock yet is being made by a run that starts beside us.
    if (!existsSync(join(path, 'postgres.json'))) continue
    try {
      const left = openDataDir(path)
      // Its PostgreSQL may be shutting down still.
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
      left.release()
    } catch (error) {
      // Held by a run beside us, or another user's.
      if (!(error instanceof StartError)) throw error
    }
  }
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${TEMPLATE}`)
  } finally {
    await client.end()
  }
  const template = new URL(url)
  template.pathname = `/${TEMPLATE}`
  await applyPrismaMigrations(template.href)
  await migratePostgres(template.href, 'engine')
  await migratePostgres(template.href, 'metrics')
}
