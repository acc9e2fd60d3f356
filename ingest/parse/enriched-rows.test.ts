import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrubPolicySchema } from '../../schema/domain/scrub.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { createContexts } from '../enrich/index.js'
import type { ParsedBatch } from './batch.js'
import { toLogRows } from './log-rows.js'
import { toMetricSamples } from './metric-samples.js'

const HASHED = scrubPolicySchema.parse({ kinds: { email: 'hash', card: 'mask', ipv4: 'hash' } })
const SETTINGS = { databases: { country: null, city: null }, hashKey: new Uint8Array(32).fill(3) }

function batch(body: unknown): ParsedBatch {
  return {
    batchId: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    orgId: 'org_1',
    protocol: 'native-json',
    acceptedAt: Date.UTC(2026, 10, 21, 3, 20, 15),
    body: packBody(Buffer.from(JSON.stringify(body))),
  }
}

/** As another process would make them: nothing is remembered. */
function fresh(batches: readonly ParsedBatch[]) {
  const contexts = createContexts(SETTINGS)
  return toLogRows(batches, (orgId) => contexts(orgId, HASHED))
}

const pieces = fc.constantFrom(
  ...'a@example.com|4111111111111111|10.0.0.1|password=x9y8|ERROR|[warn]|level=info|msg="x y"|{"level":"warn","time":"2026-11-21T03:20:14Z","a":{"b":1}}|{"password":"q"}| |é|🙂|\ud800'.split(
    '|',
  ),
)
const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 6 }).map((all) => all.join(' '))
const log = fc.record(
  {
    message: text,
    level: fc.constantFrom('info', '', 'Warn'),
    attributes: fc.dictionary(
      fc.constantFrom('user', 'token', 'client.address', 'n', 'a.b'),
      fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(text, { maxLength: 2 })),
      { maxKeys: 4 },
    ),
  },
  { requiredKeys: ['message'] },
)

test('the same batch gives the same bytes, in any process and after any other', () => {
  const contexts = createContexts(SETTINGS)
  const used = (orgId: string) => contexts(orgId, HASHED)
  fc.assert(
    fc.property(fc.array(log, { minLength: 1, maxLength: 5 }), (logs) => {
      const made = fresh([batch({ logs })])
      expect(Buffer.compare(toLogRows([batch({ logs })], used).rows, made.rows)).toBe(0)
      expect(fresh([batch({ logs })]).lines).toEqual(made.lines)
    }),
    { numRuns: 300 },
  )
})

test('nothing of what was scrubbed is left in the rows', () => {
  const secrets = ['a@example.com', '4111111111111111', '10.0.0.1', 'hunter2']
  const logs = [
    { message: `mail ${secrets[0]} card ${secrets[1]} from ${secrets[2]} password=${secrets[3]}` },
    { message: JSON.stringify({ deep: { list: secrets, password: secrets[3] } }).replace('"hunter2"],', '"x"],') },
    {
      message: 'x',
      attributes: {
        token: secrets[3],
        list: [secrets[0], { mail: secrets[0] }],
        'client.address': secrets[2],
        n: 4_111_111_111_111_111,
      },
    },
  ]
  const rows = Buffer.from(fresh([batch({ logs })]).rows).toString()
  expect(secrets.filter((secret) => rows.includes(secret))).toEqual([])
})

test('labels of metrics are scrubbed', () => {
  const metrics = [{ name: 'logins', value: 1, labels: { user: 'a@example.com', pod: 'web-1' } }]
  expect(toMetricSamples([batch({ metrics })]).samples[0]?.labels).toEqual({ user: '[email]', pod: 'web-1' })
})
