import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { formatDuration, parseDuration } from './schema/domain/duration.js'
import { StartError } from './schema/domain/errors.js'
import { nearestName } from './schema/domain/nearest-name.js'
import { QUERY_BOUNDS } from './schema/domain/query-bounds.js'
import { DEFAULT_RETENTION, RETENTION_BOUNDS } from './schema/domain/retention.js'

/** A setting's text read by a function that answers undefined for what it does not take; `format` says what it takes. */
function setting<Value>(format: string, read: (text: string) => Value | undefined) {
  return z
    .string()
    .transform((text, context): Value => {
      const value = read(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: `expected ${format}` })
      return z.NEVER
    })
    .meta({ format })
}

const number = (format: string, least: number, most: number, whole = true) =>
  setting(format, (text) => {
    const value = Number(text)
    const fits = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isSafeInteger(value))
    return fits ? value : undefined
  })
const port = number('a port from 0 to 65535', 0, 65_535)
const count = number('a whole number from 1', 1, Number.MAX_SAFE_INTEGER)
const threads = number('a whole number from 0 to 64', 0, 64)
const share = number('a share above 0, up to 1', Number.MIN_VALUE, 1, false)

const duration = (fallback: string) =>
  setting('a duration such as 3s, 5m or 1h', (text) => parseDuration(text) ?? undefined).default(
    parseDuration(fallback) ?? Number.NaN,
  )
const url = (protocols: readonly string[]) =>
  setting(`a URL beginning with ${protocols.map((name) => `${name}://`).join(' or ')}`, (text) =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol.replace(':', '')) ? text : undefined,
  )
const REDIS_URL =
  'a URL such as redis://user:password@host:6379/0 (rediss:// for TLS), or a comma-separated list of them without a database'
const redisUrl = setting(REDIS_URL, (found) => {
  // A comma behind one URL names a cluster by one node. A cluster has database 0 alone.
  const parts = found.replace(/,\s*$/, '').split(',')
  const database = found.includes(',') ? /^\/?0?$/ : /^\/?\d{0,9}$/
  const fits = (part: string) =>
    URL.canParse(part) &&
    ['redis:', 'rediss:'].includes(new URL(part).protocol) &&
    database.test(new URL(part).pathname) &&
    new URL(part).search === ''
  return parts.every((part) => fits(part.trim())) ? found : undefined
})
const text = z.string().meta({ format: 'a text' })
const matching = (format: string, form: RegExp) => setting(format, (found) => (form.test(found) ? found : undefined))
const email = matching('an email address', /^[^\s<>@]+@[^\s<>@]+$/)
const sender = matching('an address, or Name <address>', /^(?:[^\s<>@]+@[^\s<>@]+|[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>)$/)

const list = (format: string, fits: (part: string) => boolean) =>
  setting(format, (found): readonly string[] | undefined => {
    const parts = found
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    return parts.every(fits) ? parts : undefined
  }).default([])
const isRange = (part: string) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)
const proxies = list('addresses or ranges (CIDR), comma-separated', isRange)
const reachable = list(
  'addresses, ranges (CIDR) or host names, comma-separated',
  (part) => isRange(part) || isHostName(part),
)

const choice = <Value extends string>(values: readonly Value[]) =>
  setting(values.join(', '), (found) => values.find((value) => value === found))
const flag = setting('true or false', (found) =>
  found === 'true' || found === '1' ? true : found === 'false' || found === '0' ? false : undefined,
).default(false)

/** Labels of letters, digits, dashes and underscores, the last not all digits: 10.0.0.300 is an address gone wrong. */
function isHostName(found: string): boolean {
  const labels = found.split('.')
  return (
    labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) && /\D/.test(labels.at(-1) ?? '')
  )
}

/**
 * Every setting, by the environment variable that carries it. This table is the reference: docs and tests read it.
 */
export const settings = {
  DATABASE_URL: url(['postgres', 'postgresql'])
    .optional()
    .describe('PostgreSQL of the control plane; left out, an embedded one.'),
  METRICS_DATABASE_URL: url(['postgres', 'postgresql'])
    .optional()
    .describe('PostgreSQL or TimescaleDB of metrics; left out, that of the control plane.'),
  CLICKHOUSE_URL: url(['http', 'https'])
    .optional()
    .describe('ClickHouse over HTTP, with user, password and database; left out, an embedded one.'),
  REDIS_URL: redisUrl
    .optional()
    .describe(
      'Redis of the intake, limits, jobs and messages between processes; a comma-separated list names nodes of a cluster. Left out, PostgreSQL and memory.',
    ),
  TOCSIN_DATA_DIR: text.default('.tocsin').describe('Where embedded stores and the first credentials live.'),
  TOCSIN_CA_PATH: text
    .optional()
    .describe(
      'Certificates (PEM) of authorities that are trusted beside the usual ones, for rediss:// and https:// stores; PostgreSQL has sslrootcert in its URL.',
    ),
  TOCSIN_MASTER_KEY: matching('64 hexadecimal digits (32 bytes)', /^[0-9a-fA-F]{64}$/)
    .optional()
    .describe('Key that seals secrets at rest. Left out, one is made in the data directory; servers must set it.'),
  TOCSIN_GATEWAY_HOST: text.default('127.0.0.1').describe('Address the GraphQL gateway listens on.'),
  TOCSIN_GATEWAY_PORT: port.default(4000).describe('Port of the GraphQL gateway; 0 picks a free one.'),
  TOCSIN_INGEST_HOST: text.default('127.0.0.1').describe('Address the ingest edge listens on.'),
  TOCSIN_INGEST_PORT: port.default(4318).describe('Port of the ingest edge; 0 picks a free one.'),
  TOCSIN_TRUSTED_PROXIES: proxies.describe(
    'Addresses or ranges (CIDR) of proxies whose X-Forwarded-For names the caller; comma-separated.',
  ),
  TOCSIN_INGEST_WORKERS: threads
    .default(1)
    .describe(
      'Worker threads of the ingest edge that read bodies below 2 MiB, and as many for larger ones; 0 reads all in the main thread.',
    ),
  TOCSIN_INGEST_REQUESTS_PER_MINUTE: count.default(10_000).describe('Requests an organisation may make in a minute.'),
  TOCSIN_INGEST_ITEMS_PER_DAY: count.optional().describe('Items an organisation may have accepted in a day of UTC.'),
  TOCSIN_INGEST_BYTES_PER_DAY: count
    .optional()
    .describe('Decompressed bytes an organisation may have accepted in a day of UTC.'),
  TOCSIN_INGEST_REFUSALS_PER_ADDRESS: count
    .default(1_000)
    .describe('Refused or unproven requests an address may make in a minute before it is turned away unread.'),
  TOCSIN_INGEST_REQUESTS_PER_ADDRESS: count
    .optional()
    .describe('Requests of any outcome an address may make in a minute; left out, no bound.'),
  TOCSIN_INGEST_BROWSER_REQUESTS_PER_ADDRESS: count
    .default(120)
    .describe('Requests with a BROWSER key an address may make in a minute.'),
  TOCSIN_INGEST_BROWSER_REQUESTS_PER_KEY: count
    .default(3_000)
    .describe('Requests with one BROWSER key in a minute, from everywhere.'),
  TOCSIN_INGEST_QUEUE_BYTES: count
    .default(4_294_967_296)
    .describe('Batches are turned away (503) while the queue holds this many bytes, until it is below 80 % of it.'),
  TOCSIN_INGEST_QUEUE_LAG: duration('30m')
    .refine((ms) => ms > 0, { message: 'expected more than 0' })
    .describe('The same, while its oldest batch has waited this long and 1,000 or more batches wait.'),
  TOCSIN_INGEST_QUEUE_MEMORY: share
    .default(0.8)
    .describe('The same, while its store has used this share of its memory (Redis).'),
  TOCSIN_PUBLIC_URL: url(['http', 'https'])
    .optional()
    .describe('Links in messages are this URL plus /incidents/{number}; Tocsin itself serves no such page.'),
  TOCSIN_OWNER_EMAIL: email.default('owner@tocsin.local').describe('Email of the owner made at the first start.'),
  TOCSIN_GRACE: duration('3s').describe('How far the horizon stays behind the oldest batch that is not stored.'),
  TOCSIN_BLIND_AFTER: duration('30s').describe('A horizon this far behind makes monitors BLIND.'),
  TOCSIN_BLIND_INCIDENT_AFTER: duration('1m').describe('A horizon this far behind raises an incident.'),
  TOCSIN_REPLAY_BOUND: duration('1h').describe(
    'Missed ticks are replayed up to this far back; past it, states restart.',
  ),
  TOCSIN_SMTP_URL: url(['smtp', 'smtps']).optional().describe('Mail server for email channels that name none.'),
  TOCSIN_MAIL_FROM: sender.default('Tocsin <tocsin@localhost>').describe('Sender of mails.'),
  TOCSIN_SLACK_API_URL: url(['http', 'https'])
    .default('https://slack.com/api/')
    .describe('Base URL of Slack’s Web API.'),
  TOCSIN_WEBHOOK_ALLOW: reachable.describe(
    'Addresses, ranges (CIDR) or host names that webhooks may reach though they are private; comma-separated.',
  ),
  TOCSIN_LOG_LEVEL: choice(['debug', 'info', 'warn', 'error', 'silent'] as const)
    .default('info')
    .describe('Least level that is logged.'),
  TOCSIN_LOG_PRETTY: flag.describe('Logs for people instead of JSON lines.'),
  TOCSIN_GEOIP_CITY_PATH: text
    .optional()
    .describe('City database in MaxMind’s format (.mmdb); left out, addresses are located by country alone.'),
  TOCSIN_RETENTION_DAYS: number(
    `a whole number from ${RETENTION_BOUNDS.least} to ${RETENTION_BOUNDS.most}`,
    RETENTION_BOUNDS.least,
    RETENTION_BOUNDS.most,
  )
    .default(DEFAULT_RETENTION.samples)
    .describe(
      'Days that logs, spans, RUM events and samples of metrics are kept where an org has no own, and the most an org may ask for where the operator set no other.',
    ),
  TOCSIN_MONITORS_PER_ORG: count
    .default(10_000)
    .describe('Monitors an organisation may have where the operator set no other number.'),
  TOCSIN_NORMALIZER_WORKERS: threads
    .default(1)
    .describe('Worker threads that parse batches; 0 parses in the main thread.'),
  TOCSIN_QUERY_TIME: duration('30s')
    .refine((ms) => ms > 0 && ms <= 600_000, { message: 'expected more than 0, up to 10m' })
    .describe('How long a query of a person or program may take.'),
  TOCSIN_QUERY_ROWS: count.default(QUERY_BOUNDS.rows).describe('Rows that ClickHouse may read for a query.'),
  TOCSIN_QUERY_BYTES: count.default(QUERY_BOUNDS.bytes).describe('Bytes that ClickHouse may read for a query.'),
  TOCSIN_QUERY_SERIES: count.default(QUERY_BOUNDS.series).describe('Series of metrics that a query may meet.'),
  TOCSIN_QUERY_SAMPLES: count.default(QUERY_BOUNDS.samples).describe('Samples of metrics that a query may read.'),
  TOCSIN_QUERY_POINTS: count.default(QUERY_BOUNDS.points).describe('Values that a query may answer with.'),
  TOCSIN_QUERIES_AT_ONCE: count
    .default(QUERY_BOUNDS.atOnce)
    .describe('Queries of an organisation at the same time, those that wait included.'),
  TOCSIN_QUERY_CACHE_BYTES: number('a whole number from 0', 0, Number.MAX_SAFE_INTEGER)
    .default(67_108_864)
    .describe('Bytes of answers to range queries of metrics that a gateway remembers; 0 remembers none.'),
  TOCSIN_QUERY_WORKERS: threads
    .default(2)
    .describe(
      'Worker threads that evaluate PromQL of people and programs; 0 evaluates in the main thread, where no query can be ended.',
    ),
} as const

const schema = z.object(settings)

/** Settings after parsing: durations in ms, defaults filled in. */
export type Config = Readonly<z.infer<typeof schema>>

/**
 * Settings from an environment; anything else in it is left alone, but an unknown name that begins with TOCSIN_ is
 * refused, since it is most likely misspelt.
 *
 * @throws StartError naming every wrong variable, what was found and what is expected.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(settings)
  const faults = Object.keys(environment).flatMap((name) =>
    name.startsWith('TOCSIN_') && !name.startsWith('TOCSIN_TEST_') && !known.includes(name)
      ? [unknownFault(name, known)]
      : [],
  )
  // An empty value counts as unset, as compose files leave it.
  const given = Object.fromEntries(known.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
  const parsed = schema.safeParse(given)
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0])
    faults.push(`${name} is ${shown(name, environment[name])}: ${issue.message}.`)
  }
  if (parsed.success && parsed.data.TOCSIN_BLIND_INCIDENT_AFTER < parsed.data.TOCSIN_BLIND_AFTER) {
    const [incident, blind] = [parsed.data.TOCSIN_BLIND_INCIDENT_AFTER, parsed.data.TOCSIN_BLIND_AFTER]
    faults.push(
      `TOCSIN_BLIND_INCIDENT_AFTER is ${formatDuration(incident)}: expected no less than TOCSIN_BLIND_AFTER, which is ${formatDuration(blind)}.`,
    )
  }
  if (parsed.success && faults.length === 0) return Object.freeze(parsed.data)
  const sentence =
    faults.length === 1 ? faults.join() : [`${faults.length} settings are wrong.`, ...faults].join('\n  ')
  throw new StartError('SETTING_INVALID', sentence)
}

/** What a setting takes, as a phrase: `a port from 0 to 65535`. */
export function formatOf(name: keyof typeof settings): string {
  for (let at: unknown = settings[name]; at instanceof z.ZodType; ) {
    const format = z.globalRegistry.get(at)?.format
    if (typeof format === 'string') return format
    at = at instanceof z.ZodDefault || at instanceof z.ZodOptional ? at.unwrap() : null
  }
  return 'a text'
}

function unknownFault(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known)
  const hint = meant === null ? '--settings lists those that there are.' : `did you mean ${meant}?`
  return `${name} is no setting of Tocsin; ${hint}`
}

/** The value of a setting as an error may show it: never that of one that can hold a secret. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set'
  const mayBeSecret = name !== 'TOCSIN_PUBLIC_URL' && /KEY|URL|SECRET|PASSWORD/.test(name)
  return mayBeSecret ? '[not shown, it may hold a secret]' : JSON.stringify(value)
}

/** The environment of this process. The only reader of `process.env`. */
export function processConfig(): Config {
  return readConfig(process.env)
}
