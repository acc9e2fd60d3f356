import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signCanonical } from '../../cli/signing.js'
import { NOW, openTestEdge, SECRET, type TestEdge } from '../../test/ingest-edge.js'

let edge: TestEdge

beforeAll(async () => {
  edge = await openTestEdge({ limits: { refusalsPerAddress: 1_000_000 } })
})
afterAll(() => edge.close())

const query = fc
  .array(fc.constantFrom('a', '1', '%20', '&', '=', '.', '~', '%2F'), { maxLength: 8 })
  .map((all) => all.join(''))
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 60,
})
const requests = fc.record({
  query,
  message: fc.string({ unit: 'grapheme' }),
  skew: fc.integer({ min: -300_000, max: 300_000 }),
  idempotencyKey: fc.option(visible, { nil: undefined }),
})

const bodyOf = (message: string) => JSON.stringify({ logs: [{ message }] })

test('whatever is signed as the design says is let in', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.uuid(), async ({ query, message, skew, idempotencyKey }, unique) => {
      const answer = await edge.post({
        path: `/v1/logs?${query}`,
        body: bodyOf(message),
        timestamp: NOW + skew,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey: `${idempotencyKey}${unique}` }),
      })
      expect(answer.status).toBe(202)
    }),
    { numRuns: 60 },
  )
})

/** One part of a request changed after it was signed. */
const tampering: Record<string, (sent: Sent) => Partial<Sent>> = {
  'the path’s query': ({ path }) => ({ path: `${path}x` }),
  'the body': () => ({ body: bodyOf('something else') }),
  'the time': ({ headers }) => ({ headers: { ...headers, 'x-timestamp': String(Number(headers['x-timestamp']) + 1) } }),
  'the idempotency key': ({ headers }) => ({
    headers: { ...headers, 'x-idempotency-key': `${headers['x-idempotency-key'] ?? ''}x` },
  }),
  'the encoding': ({ headers }) => ({ headers: { ...headers, 'content-encoding': 'identity' } }),
  'a digit of the signature': ({ headers }) => ({
    headers: {
      ...headers,
      'x-signature': (headers['x-signature'] ?? '').replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    },
  }),
}

interface Sent {
  readonly path: string
  readonly body: string
  readonly headers: Record<string, string>
}

test.each(Object.entries(tampering))('changing %s after signing is not let in', async (_name, tamper) => {
  const before = edge.intake.batches.length
  await fc.assert(
    fc.asyncProperty(requests, async ({ query, message, skew, idempotencyKey }) => {
      const path = `/v1/logs?${query}`
      const body = bodyOf(message)
      const signed = signCanonical({
        secret: SECRET,
        method: 'POST',
        path,
        // One ms is left on either side, for the tampering.
        timestamp: NOW + Math.max(-299_999, Math.min(299_999, skew)),
        body,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      })
      const sent: Sent = {
        path,
        body,
        headers: { 'content-type': 'application/json', 'x-org-key': 'tk_public', ...signed },
      }
      const answer = await edge.send({ ...sent, ...tamper(sent) })
      expect([answer.status, answer.json.error?.code]).toEqual([401, 'UNAUTHENTICATED'])
    }),
    { numRuns: 15 },
  )
  expect(edge.intake.batches).toHaveLength(before)
})
