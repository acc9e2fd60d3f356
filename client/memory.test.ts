import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scriptedClient, settled } from '../test/scripted-client.js'
import { Backlog } from './backlog.js'

const never = new Promise<{ status: number }>(() => {})

test.each([
  ['drop-oldest', ['c', 'd']],
  ['drop-newest', ['a', 'b']],
] as const)('a full backlog under %s keeps %j', async (whenFull, kept) => {
  const { client, messages, drops } = scriptedClient({ whenFull, maxBufferedBytes: 120 })
  for (const message of ['a', 'b', 'c', 'd']) client.log({ message })
  await client.flush()
  expect(messages()).toEqual([kept])
  expect(drops).toMatchObject([
    { signal: 'logs', items: 1, reason: 'FULL' },
    { signal: 'logs', items: 1, reason: 'FULL' },
  ])
})

test('what is being sent counts and is not taken back', async () => {
  const { client, drops } = scriptedClient({
    maxBufferedBytes: 100,
    maxBatchItems: 1,
    maxInFlight: 1,
    answers: [never],
  })
  client.log({ message: 'a'.repeat(40) })
  await settled()
  client.log({ message: 'b'.repeat(40) })
  expect(drops).toMatchObject([{ reason: 'FULL' }])
  expect(client.stats()).toMatchObject({ pending: 1 })
})

test('the backlog never holds more than its bound, and loses count of nothing', () => {
  const step = fc.oneof(
    fc.record({
      add: fc.constantFrom('logs', 'metrics', 'spans'),
      text: fc.string({ maxLength: 60, unit: 'grapheme' }),
    }),
    fc.record({ take: fc.constantFrom('logs', 'metrics', 'spans'), items: fc.integer({ min: 1, max: 5 }) }),
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.constantFrom('drop-oldest', 'drop-newest'),
      (steps, whenFull) => {
        const backlog = new Backlog(200, whenFull)
        let [handed, gone, sent] = [0, 0, 0]
        for (const each of steps) {
          if ('add' in each) {
            const { added, dropped } = backlog.add(each.add, each.text)
            handed++
            gone += dropped.length + (added ? 0 : 1)
          } else {
            const taken = backlog.take(each.take, each.items, 100)
            sent += taken.length
            backlog.release(taken)
          }
          expect(backlog.bytes).toBeLessThanOrEqual(200)
        }
        const waiting = (['logs', 'metrics', 'spans'] as const).map((signal) => backlog.waiting(signal).items)
        expect(waiting.reduce((sum, items) => sum + items)).toBe(handed - gone - sent)
      },
    ),
  )
})
