import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestEdge, type TestEdge } from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'

let edge: TestEdge
beforeEach(async () => {
  edge = await openTestEdge()
})
afterEach(() => edge.close())

const mixed = JSON.stringify({
  logs: [{ message: 'one' }, { message: 2 }, { message: 'three', attributes: { a: 1 } }, { message: 'x', level: 7 }],
})
const stored = () => edge.intake.batches.map((batch) => JSON.parse(plainOf(batch).toString()))

test('the good items are taken, and each bad one is told by where it stood', async () => {
  const answer = await edge.post({ path: '/v1/logs?partial=1', body: mixed })
  expect(answer.status).toBe(202)
  expect(answer.json).toEqual({
    accepted: 2,
    batchId: edge.intake.batches[0]?.batchId,
    rejected: 2,
    errors: [
      { path: 'logs[1].message', message: 'expected a text, found 2.' },
      { path: 'logs[3].level', message: 'expected a text, found 7.' },
    ],
  })
  expect(edge.intake.batches.map(({ items }) => items)).toEqual([2])
  expect(stored()).toEqual([{ logs: [{ message: 'one' }, { message: 'three', attributes: { a: 1 } }] }])
})

test.each(['/v1/logs', '/v1/logs?partial=0', '/v1/logs?partial=', '/v1/logs?other=partial%3D1'])(
  'at %s one bad item refuses them all',
  async (path) => {
    const answer = await edge.post({ path, body: mixed })
    expect([answer.status, answer.json.error?.code]).toEqual([400, 'SCHEMA_INVALID'])
    expect(answer.json.error?.details).toHaveLength(2)
    expect(edge.intake.batches).toEqual([])
  },
)

test.each([
  ['no item is good', '{"logs":[{},{}]}', 'SCHEMA_INVALID'],
  ['another field is wrong', '{"logs":[{"message":"x"},{}],"other":1}', 'SCHEMA_INVALID'],
  ['the time of the batch is wrong', '{"logs":[{"message":"x"},{}],"sentAt":"now"}', 'SCHEMA_INVALID'],
  ['there are too many', `{"logs":[${Array(1_001).fill('{}')}]}`, 'TOO_MANY_ITEMS'],
  ['it is no batch', '[]', 'BODY_INVALID'],
])('nothing is taken where %s', async (_name, body, code) => {
  const answer = await edge.post({ path: '/v1/logs?partial=1', body })
  expect(answer.json.error?.code).toBe(code)
  expect(edge.intake.batches).toEqual([])
})

test('at most twenty errors are listed, and all are counted', async () => {
  const body = JSON.stringify({ logs: [...Array(500).fill({}), { message: 'good' }] })
  const answer = await edge.post({ path: '/v1/logs?partial=1', body })
  expect(answer.json).toMatchObject({ accepted: 1, rejected: 500 })
  expect((answer.json as { errors?: unknown[] }).errors).toHaveLength(20)
})

test('it is known by the body that was sent: a retry is the first answer, another body a conflict', async () => {
  const send = (body: string) => edge.post({ path: '/v1/logs?partial=1', body, idempotencyKey: 'k' })
  const first = await send(mixed)
  const again = await send(mixed)
  expect([again.json, again.headers['idempotent-replay']]).toEqual([first.json, 'true'])
  const good = await send(JSON.stringify(stored()[0]))
  expect([good.status, good.json.error?.code]).toEqual([422, 'IDEMPOTENCY_CONFLICT'])
})
