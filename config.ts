import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { parseDuration } from './schema/domain/duration.js'
import { StartError } from './schema/domain/errors.js'

const port = z.coerce.number().int().min(0).max(65_535)
const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== null) return ms
      context.addIssue({ code: 'custom', message: 'expected a duration such as 3s, 5m or 1h' })
      return z.NEVER
    })
const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.replace(':', '')), {
    message: `expected a URL beginning with ${protocols.map((name) => `${name}://`).join(' or ')}`,
  })
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
const proxies = list.refine((parts) => parts.every((part) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)), {
  message: 'expected addresses or ranges (CIDR), comma-separated',
})
const count = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1')

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
  TOCSIN_DATA_DIR: z
    .string()
    .min(1)
    .default('.tocsin')
    .describe('Where embedded stores and the first credentials live.'),
  TOCSIN_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits (32 bytes)')
    .optional()
    .describe('Key that seals secrets at rest. Left out, one is made in the data directory; servers must set it.'),
  TOCSIN_GATEWAY_HOST: z.string().min(1).default('127.0.0.1').describe('Address the GraphQL gateway listens on.'),
  TOCSIN_GATEWAY_PORT: port.default(4000).describe('Port of the GraphQL gateway; 0 picks a free one.'),
  TOCSIN_INGEST_HOST: z.string().min(1).default('127.0.0.1').describe('Address the ingest edge listens on.'),
  TOCSIN_INGEST_PORT: port.default(4318).describe('Port of the ingest edge; 0 picks a free one.'),
  TOCSIN_TRUSTED_PROXIES: proxies.describe(
    'Addresses or ranges (CIDR) of proxies whose X-Forwarded-For names the caller; comma-separated.',
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
  TOCSIN_INGEST_QUEUE_MEMORY: z.coerce
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('The same, while its store has used this share of its memory (Redis).'),
  TOCSIN_PUBLIC_URL: url(['http', 'https'])
    .optional()
    .describe('How people reach the gateway; links in messages begin with it.'),
  TOCSIN_OWNER_EMAIL: z.email().default('owner@tocsin.local').describe('Email of the owner made at the first start.'),
  TOCSIN_GRACE: duration('3s').describe('How far the horizon stays behind the oldest batch that is not stored.'),
  TOCSIN_BLIND_AFTER: duration('30s').describe('A horizon this far behind makes monitors BLIND.'),
  TOCSIN_BLIND_INCIDENT_AFTER: duration('1m').describe('A horizon this far behind raises an incident.'),
  TOCSIN_REPLAY_BOUND: duration('1h').describe(
    'Missed ticks are replayed up to this far back; past it, states restart.',
  ),
  TOCSIN_SMTP_URL: url(['smtp', 'smtps']).optional().describe('Mail server for email channels that name none.'),
  TOCSIN_MAIL_FROM: z.string().min(3).default('Tocsin <tocsin@localhost>').describe('Sender of mails.'),
  TOCSIN_SLACK_API_URL: url(['http', 'https'])
    .default('https://slack.com/api/')
    .describe('Base URL of Slack’s Web API.'),
  TOCSIN_WEBHOOK_ALLOW: list.describe(
    'Addresses, ranges (CIDR) or host names that webhooks may reach though they are private; comma-separated.',
  ),
  TOCSIN_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  TOCSIN_LOG_PRETTY: flag.describe('Logs for people instead of JSON lines.'),
  TOCSIN_GEOIP_CITY_PATH: z
    .string()
    .min(1)
    .optional()
    .describe('City database in MaxMind’s format (.mmdb); left out, addresses are located by country alone.'),
  TOCSIN_NORMALIZER_WORKERS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(1)
    .describe('Worker threads that parse batches; 0 parses in the main thread.'),
  TOCSIN_QUERY_WORKERS: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
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
 * @throws StartError naming the variable, what was found and what is expected.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(settings)
  for (const name of Object.keys(environment)) {
    if (name.startsWith('TOCSIN_') && !name.startsWith('TOCSIN_TEST_') && !known.includes(name))
      throw new StartError('SETTING_INVALID', `${name} is no setting of Tocsin; known are ${known.join(', ')}.`)
  }
  // An empty value counts as unset, as compose files leave it.
  const given = Object.fromEntries(known.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
  const parsed = schema.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  const issue = parsed.error.issues[0]
  const name = String(issue?.path[0])
  throw new StartError('SETTING_INVALID', `${name} is ${shown(name, environment[name])}: ${issue?.message}.`)
}

/** The value of a setting as an error may show it: never that of one that can hold a secret. */
function shown(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set'
  return /KEY|URL|SECRET|PASSWORD/.test(name) ? '[not shown, it may hold a secret]' : JSON.stringify(value)
}

/** The environment of this process. The only reader of `process.env`. */
export function processConfig(): Config {
  return readConfig(process.env)
}
