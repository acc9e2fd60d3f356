import { expect, test } from 'vitest'
import { scriptedClient } from '../test/scripted-client.js'

const refusal = (status: number, details: readonly { path: string; message: string }[] = []) => ({
  status,
  body: { error: { code: 'SCHEMA_INVALID', message: 'The batch has errors.', details } },
})

test('items that a refusal names are left out, and the others sent as a new batch', async () => {
  const { client, messages, drops, sent } = scriptedClient({
    answers: [refusal(400, [{ path: 'logs[1].message', message: 'too long' }])],
  })
  for (const message of ['a', 'bad', 'c']) client.log({ message })
  await client.flush()
  expect(messages()).toEqual([
    ['a', 'bad', 'c'],
    ['a', 'c'],
  ])
  expect(sent.map(({ headers }) => headers['x-idempotency-key'])).toEqual(['key-1', 'key-2'])
  expect(drops).toEqual([
    {
      signal: 'logs',
      items: 1,
      reason: 'REFUSED',
      sentence:
        'http://edge.test:4318 answered 400: SCHEMA_INVALID The batch has errors. First: logs[1].message: too long',
    },
  ])
  expect(client.stats()).toMatchObject({ accepted: 2, pending: 0, dropped: { REFUSED: 1 } })
})

test('a batch that is too large is halved until it fits', async () => {
  const { client, messages } = scriptedClient({ answers: [refusal(413), refusal(413)] })
  for (const message of ['a', 'b', 'c', 'd']) client.log({ message })
  await client.flush()
  expect(messages()).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['a'], ['b'], ['c', 'd']])
  expect(client.stats()).toMatchObject({ accepted: 4 })
})

test.each([
  ['a refused key', refusal(401)],
  ['an error that names nothing', refusal(400)],
  ['an error that names what is not there', refusal(400, [{ path: 'logs[9]', message: '?' }])],
  ['the page of a proxy', { status: 403, body: '<html>no</html>' }],
])('%s drops the batch and is not repeated', async (_name, answer) => {
  const { client, sent, drops } = scriptedClient({ answers: [answer] })
  client.log({ message: 'x' })
  client.log({ message: 'y' })
  await client.flush()
  expect(sent).toHaveLength(1)
  expect(drops).toMatchObject([{ items: 2, reason: 'REFUSED' }])
  expect(drops[0]?.sentence).not.toContain('a-secret')
})

test('what is no item never leaves, and never throws', async () => {
  const { client, sent, drops } = scriptedClient()
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  client.log({ message: 'x', attributes: cyclic })
  for (const item of [undefined, null, 'text', {}, { message: 7 }]) client.log(item as never)
  client.metric({} as never)
  client.span({ name: 's' } as never)
  await client.flush()
  expect(sent).toEqual([])
  expect(drops.map(({ signal, reason }) => [signal, reason])).toEqual([
    ...Array.from({ length: 6 }, () => ['logs', 'INVALID']),
    ['metrics', 'INVALID'],
    ['spans', 'INVALID'],
  ])
})
