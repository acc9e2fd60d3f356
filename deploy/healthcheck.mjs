/**
 * Whether the Tocsin of this container works; exits with 0 or 1, and says why not. `node deploy/healthcheck.mjs ROLE`.
 *
 * The gateway and the ingest edge are asked over HTTP. The evaluator and the notifier listen to nobody: the former notes
 * in the database every few seconds that it is there, under a name that begins with its host's; of the latter it is
 * known that its process lives, since the container does, so its database is asked.
 */
import { hostname } from 'node:os'

const PORTS = { gateway: process.env.TOCSIN_GATEWAY_PORT || '4000', ingest: process.env.TOCSIN_INGEST_PORT || '4318' }
const EVALUATOR_SEEN_SECONDS = 60

const checks = {
  gateway: [() => ready('gateway')],
  ingest: [() => ready('ingest')],
  evaluator: [evaluatorSeen],
  notifier: [databaseAnswers],
  all: [() => ready('gateway'), () => ready('ingest')],
}

async function ready(role) {
  const answer = await fetch(`http://127.0.0.1:${PORTS[role]}/readyz`, { signal: AbortSignal.timeout(4_000) })
  if (!answer.ok)
    throw new Error(`/readyz of the ${role} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`)
}

async function evaluatorSeen() {
  const seen = `SELECT count(*)::int AS seen FROM engine.evaluator
    WHERE starts_with(name, $1) AND seen_at > now() - make_interval(secs => $2)`
  const [row] = await ask(seen, [`${hostname()}-`, EVALUATOR_SEEN_SECONDS])
  if (row.seen === 0) throw new Error(`no evaluator of ${hostname()} was seen in the last ${EVALUATOR_SEEN_SECONDS} s`)
}

async function databaseAnswers() {
  await ask('SELECT 1', [])
}

async function ask(text, values) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3_000 })
  client.on('error', () => {
    // The query under way fails with it as well, and says so.
  })
  await client.connect()
  try {
    return (await client.query({ text, values, query_timeout: 3_000 })).rows
  } finally {
    await client.end()
  }
}

const role = process.argv[2] ?? 'all'
try {
  if (!Object.hasOwn(checks, role)) throw new Error(`${role} is no role; expected ${Object.keys(checks).join(', ')}`)
  for (const check of checks[role]) await check()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
