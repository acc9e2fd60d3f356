import { expect, test } from 'vitest'
import { summary } from './progress.js'

test('the summary tells what is worth telling', () => {
  const calm = { records: 2_000, batches: 4, accepted: 2_000, replays: 0, retries: 0 }
  expect(summary(calm, 0, 1_234)).toBe('2000 of 2000 records accepted in 4 batches and 1.2 s.')
  expect(summary({ ...calm, replays: 1, retries: 3 }, 2, 1_234)).toBe(
    '2000 of 2000 records accepted in 4 batches and 1.2 s; 3 retries; 1 batches had arrived before; 2 lines could not be read and were skipped.',
  )
})
