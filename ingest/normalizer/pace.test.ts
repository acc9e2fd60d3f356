import { expect, test } from 'vitest'
import { createPace } from './pace.js'

function given() {
  const waits: number[] = []
  const clock = { ms: 1_000 }
  const pace = createPace(
    200,
    () => clock.ms,
    async (ms) => {
      waits.push(ms)
    },
  )
  return { pace, waits, clock }
}

test('the first turn comes at once, those that follow one after another', async () => {
  const { pace, waits, clock } = given()
  await pace.turn()
  clock.ms += 50
  await pace.turn()
  await pace.turn()
  expect(waits).toEqual([150, 350])
  clock.ms += 2_000
  await pace.turn()
  expect(waits).toHaveLength(2)
})

test('who hurries lets the next one in at once', async () => {
  const { pace, waits } = given()
  await pace.turn()
  pace.hurry()
  await pace.turn()
  expect(waits).toEqual([])
  await pace.turn()
  expect(waits).toEqual([200])
})
