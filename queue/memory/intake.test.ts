import { expect, it } from 'vitest'
import { createMemoryIntake } from './intake.js'

it('tells an empty queue as of no age, however fast the time goes', async () => {
  let now = 1_000
  const intake = createMemoryIntake({ clock: { now: () => now++ } })
  expect(await intake.pressure()).toMatchObject({ batches: 0, bytes: 0, oldestAgeMs: 0 })
  await intake.close()
})
