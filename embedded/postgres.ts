import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../schema/domain/errors.js'
import type { DataDir } from './data-dir.js'
import { freePort } from './free-port.js'
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js'
import { dataArgument, openCluster, POSTGRES_NAME, type PostgresAccess, writeAccess } from './postgres-cluster.js'
import { stopLeftover } from './postgres-leftover.js'
import { asArguments, forgetfulSettings, postgresSettings } from './postgres-settings.js'
import { type ServiceUser, serviceUser } from './service-user.js'
import { spawnSupervised } from './supervised.js'

/** What PostgreSQL says, by its severity. */
export type EngineLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void

/** A PostgreSQL that lives as long as this process does. */
export interface EmbeddedPostgres {
  /** Of the database `tocsin`, with its superuser and password: a secret. */
  readonly url: string
  readonly port: number
  /** Settles when PostgreSQL has gone: null after `stop`, else why it went by itself. */
  readonly ended: Promise<Error | null>
  /** Fast shutdown: open transactions are rolled back, then a checkpoint. */
  stop(): Promise<void>
}

/** How long a start may take, in ms: after a crash it replays up to max_wal_size. */
const START_PATIENCE = 60_000
/** How long a fast shutdown may take before it is forced, in ms. */
const STOP_PATIENCE = 10_000

/**
 * Starts PostgreSQL in the data directory, making its cluster the first time, and waits until it answers. One that an
 * earlier, killed process left running there is stopped first. As root it runs as a service user (`postgres`, else
 * `nobody`), to whom its folder then belongs.
 *
 * @throws StartError ENGINE_MISSING when it cannot run here; DATA_DIR_UNUSABLE when its files cannot be used.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: DataDir
  readonly log?: EngineLog
  /** False where the data may be lost with the machine, as in tests: nothing waits for the disk. Default true. */
  readonly durable?: boolean
}): Promise<EmbeddedPostgres> {
  const { dataDir, log = () => {}, durable = true } = options
  const user = serviceUser(dataDir.postgres)
  const binaries = postgresBinaries(user)
  const cluster = await openCluster(dataDir, user, binaries, durable)
  if (await stopLeftover(cluster.data)) log('info', 'stopped the PostgreSQL that a killed process had left running')

  const settings = { ...postgresSettings, ...(durable ? {} : forgetfulSettings) }
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? cluster.access.port : 0)
    const server = launch(cluster.data, user, binaries, { ...settings, port: String(port) }, log)
    const failure = await server.ready
    if (failure === null) {
      const access = { ...cluster.access, port }
      writeAccess(join(dataDir.path, 'postgres.json'), access)
      await makeDatabase(access)
      return { url: urlOf(access, POSTGRES_NAME), port, ended: server.ended, stop: server.stop }
    }
    // Between our look and PostgreSQL's start somebody else can take the port.
    if (attempt < 5 && failure.includes('could not create any TCP/IP sockets')) continue
    throw new StartError('DATA_DIR_UNUSABLE', `The embedded PostgreSQL did not start in ${cluster.data}: ${failure}`)
  }
}

function urlOf({ password, port }: PostgresAccess, database: string): string {
  return `postgresql://${POSTGRES_NAME}:${password}@127.0.0.1:${port}/${database}`
}

/**
 * Makes our database when it is not there: at the first start, or when that one was cut short. It is the empty one that
 * initdb made, by another name; a new one is a copy of 300 files (0.25 s on a slow disk).
 */
async function makeDatabase(access: PostgresAccess): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(access, 'template1') })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [POSTGRES_NAME])
    if (rowCount === 0) await client.query(`ALTER DATABASE postgres RENAME TO ${POSTGRES_NAME}`)
  } finally {
    await client.end()
  }
}

/** @returns `ready` settles with null once connections are accepted, or with what PostgreSQL said before it ended. */
function launch(
  data: string,
  user: ServiceUser | null,
  binaries: PostgresBinaries,
  settings: Readonly<Record<string, string>>,
  log: EngineLog,
) {
  const args = [binaries.postgres, '-D', dataArgument(data, user), ...asArguments(settings)]
  const child = spawnSupervised(args, user, data)
  let stopping = false
  let accepting = false
  const last: string[] = []
  const lines = createInterface({ input: child.stderr })
  const ended = once(child, 'close').then(
    ([status]) => (stopping ? null : new Error(`PostgreSQL ended by itself (${status}): ${last.join(' ')}`)),
    (error: Error) => error,
  )
  const ready = new Promise<string | null>((resolve) => {
    const timer = setTimeout(() => {
      child.stdin.end()
      resolve(`it took longer than ${START_PATIENCE / 1_000} s. ${last.join(' ')}`)
    }, START_PATIENCE)
    void ended.then((error) => resolve(error?.message ?? 'it was stopped')).finally(() => clearTimeout(timer))
    lines.on('line', (line) => {
      last.push(line)
      if (last.length > 5) last.shift()
      log(levelOf(line), line)
      if (accepting || !line.includes('database system is ready to accept connections')) return
      accepting = true
      clearTimeout(timer)
      resolve(null)
    })
  })
  const stop = async () => {
    stopping = true
    child.stdin.end()
    const late = new AbortController()
    const timedOut = delay(STOP_PATIENCE, 'late', { signal: late.signal }).catch(() => 'gone')
    const first = await Promise.race([ended, timedOut])
    late.abort()
    if (first === 'late') await stopLeftover(data)
    await ended
  }
  return { ready, ended, stop }
}

function levelOf(line: string): 'debug' | 'warn' | 'error' {
  if (/^(FATAL|PANIC):/.test(line)) return 'error'
  return line.startsWith('WARNING:') ? 'warn' : 'debug'
}
