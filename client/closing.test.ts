import { expect, test, vi } from 'vitest'
import { scriptedClient } from '../test/scripted-client.js'

const never = new Promise<{ status: number }>(() => {})

test('flush answers for what was handed over before, not after', async () => {
  const { client, messages } = scriptedClient({ answers: [{ status: 202 }, never] })
  client.log({ message: 'before' })
  const flushed = client.flush()
  client.log({ message: 'after' })
  expect(await flushed).toBe(true)
  expect(messages()).toEqual([['before']])
})

test('a flush that takes too long says so, and what waits stays', async () => {
  const { client, clock } = scriptedClient({ answers: [never] })
  client.log({ message: 'x' })
  const flushed = client.flush({ timeoutMs: 3_000 })
  await clock.pass(3_000)
  expect(await flushed).toBe(false)
  expect(client.stats()).toMatchObject({ pending: 1 })
})

test('close sends what waits, and takes nothing more', async () => {
  const { client, messages, drops } = scriptedClient()
  client.log({ message: 'last' })
  expect(await client.close()).toBe(true)
  client.log({ message: 'late' })
  expect(messages()).toEqual([['last']])
  expect(drops).toMatchObject([{ reason: 'CLOSED', items: 1 }])
})

test('close gives up what did not leave in time', async () => {
  const answers = Array.from({ length: 50 }, () => ({ status: 503 }))
  const { client, clock, drops } = scriptedClient({ answers, maxInFlight: 1, maxBatchItems: 1 })
  client.log({ message: 'in retry' })
  client.log({ message: 'waiting' })
  const closed = client.close({ timeoutMs: 2_000 })
  await clock.pass(2_000)
  expect(await closed).toBe(false)
  await clock.pass(0)
  expect(drops.map(({ reason, items }) => [reason, items])).toEqual([
    ['CLOSED', 1],
    ['CLOSED', 1],
  ])
})

test('a callback that throws is shown as a warning and harms nothing', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const { client } = scriptedClient({
    onDrop: () => {
      throw new Error('of the application')
    },
  })
  client.log(null as never)
  client.log({ message: 'goes on' })
  expect(await client.flush()).toBe(true)
  expect(warned).toHaveBeenCalledOnce()
  expect(client.stats()).toMatchObject({ accepted: 1 })
  warned.mockRestore()
})

test.each([
  [{ url: 'ftp://x' }, 'url is "ftp://x"; expected one that begins with http:// or https://.'],
  [{ secret: '' }, 'secret is empty; expected that of an ingest key.'],
  [{ key: '' }, 'key is empty; scheme CANONICAL needs the public id of an ingest key.'],
  [{ maxInFlight: 0 }, 'maxInFlight is 0; expected at least 1.'],
])('options %j are refused at once', (options, message) => {
  expect(() => scriptedClient(options)).toThrow(new TypeError(message))
})
