import { expect, test } from 'vitest'
import { scriptedClient, settled } from '../test/scripted-client.js'

test('items wait for company for the delay, and go out as one batch', async () => {
  const { client, clock, sent, messages } = scriptedClient({ maxDelayMs: 1_000 })
  client.log({ message: 'first' })
  await clock.pass(999)
  client.log({ message: 'second' })
  expect(sent).toEqual([])
  await clock.pass(1)
  expect(messages()).toEqual([['first', 'second']])
  expect(client.stats()).toMatchObject({ accepted: 2, pending: 0, pendingBytes: 0 })
})

test('a full batch goes at once, by number or by bytes', async () => {
  const byNumber = scriptedClient({ maxBatchItems: 2 })
  for (const message of ['a', 'b', 'c']) byNumber.client.log({ message })
  await settled()
  expect(byNumber.messages()).toEqual([['a', 'b']])

  const byBytes = scriptedClient({ maxBatchBytes: 300 })
  for (const message of ['a'.repeat(200), 'b'.repeat(200), 'c']) byBytes.client.log({ message })
  await settled()
  expect(byBytes.messages()).toEqual([['a'.repeat(200)]])
  await byBytes.client.flush()
  expect(byBytes.messages()).toEqual([['a'.repeat(200)], ['b'.repeat(200), 'c']])
})

test('no batch has more items than the protocol allows', async () => {
  const { client, sent } = scriptedClient({ maxBatchItems: 1e9, maxBatchBytes: 1e9 })
  for (let i = 0; i < 5_001; i++) client.metric({ name: 'm', value: i })
  for (let i = 0; i < 501; i++)
    client.span({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      name: 's',
      start: 1,
      end: 2,
    })
  await client.flush()
  // In whichever order their compression ended.
  expect(sent.map(({ url, json }) => [url, (json.metrics ?? json.spans)?.length] as const).sort()).toEqual([
    ['http://edge.test:4318/v1/metrics', 1],
    ['http://edge.test:4318/v1/metrics', 5_000],
    ['http://edge.test:4318/v1/traces', 1],
    ['http://edge.test:4318/v1/traces', 500],
  ])
})

test('an item is taken as it stands, with the time and the service it lacks', async () => {
  const { client, clock, sent } = scriptedClient({ service: 'checkout' })
  const attributes = { step: 1, size: 12n, fault: new TypeError('no') }
  client.log({ message: 'now', attributes })
  attributes.step = 2
  client.log({ message: 'own', timestamp: new Date(0), service: 'other' })
  client.metric({ name: 'm', value: Number.NaN })
  await client.flush()
  // By path: in whichever order their compression ended.
  const sentTo = (path: string) => sent.find(({ url }) => url.endsWith(path))
  expect(sentTo('/v1/logs')?.json.logs).toEqual([
    {
      message: 'now',
      timestamp: clock.now(),
      service: 'checkout',
      attributes: { step: 1, size: '12', fault: { name: 'TypeError', message: 'no', stack: expect.any(String) } },
    },
    { message: 'own', timestamp: '1970-01-01T00:00:00.000Z', service: 'other' },
  ])
  expect(sentTo('/v1/metrics')?.json.metrics).toEqual([
    { name: 'm', value: 'NaN', timestamp: clock.now(), service: 'checkout' },
  ])
})

test('a body is compressed from the bound on', async () => {
  const { client, sent } = scriptedClient({ gzipOverBytes: 500 })
  client.log({ message: 'short' })
  await client.flush()
  client.log({ message: 'long '.repeat(200) })
  await client.flush()
  expect(sent.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip'])
  expect(sent[1]?.json.logs?.[0]?.message).toBe('long '.repeat(200))
})

test('no more requests than allowed are under way', async () => {
  let answer = () => {}
  const held = new Promise<{ status: number }>((resolve) => {
    answer = () => resolve({ status: 202 })
  })
  const { client, messages } = scriptedClient({ maxInFlight: 1, maxBatchItems: 1, answers: [held] })
  client.log({ message: 'first' })
  client.log({ message: 'second' })
  await settled()
  expect(messages()).toEqual([['first']])
  answer()
  await settled()
  expect(messages()).toEqual([['first'], ['second']])
})
