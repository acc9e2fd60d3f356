import { expect, it } from 'vitest'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import { useProgram } from '../harness/program.js'
import { useStores } from '../harness/stores.js'
import { numberedBatch, numberOf } from './intake-numbered.js'
import { AMPLE, eventually, idsOf } from './intake-subject.js'
import { quietLog } from './quiet-log.js'

const stores = useStores()
const enqueueForEver = useProgram('enqueue-for-ever')

it('keeps every batch that a killed process had accepted, and doubles none that is sent again', async () => {
  const child = enqueueForEver([stores.url])
  // The moment of the kill differs from round to round, as does what is under way then.
  await eventually(async () => child.lines.length > 60)
  child.process.kill('SIGKILL')
  await child.ended
  const told = child.lines.map(({ accepted }) => Number(accepted))
  expect(child.lines.filter(({ outcome }) => outcome !== 'accepted')).toEqual([])

  const intake = createPostgresIntake({ connectionString: stores.url, seal: (bytes) => bytes, log: quietLog() })
  try {
    const kept = await intake.claim('before', 'logs', { ...AMPLE, claimMs: 1 })
    const ids = new Set(idsOf(kept))
    expect(child.lines.filter(({ batchId }) => !ids.has(String(batchId)))).toEqual([])

    // A client that heard nothing sends all again: what was told, what was under way, and what comes after.
    const all = Array.from({ length: Math.max(...told) + 20 }, (_, number) => number)
    const keptNumbers = new Set(kept.map(numberOf))
    for (const number of all) {
      const { outcome } = await intake.enqueue(numberedBatch(number))
      expect([number, outcome]).toEqual([number, keptNumbers.has(number) ? 'replayed' : 'accepted'])
    }
    const stored = await eventually(async () => {
      const claimed = await intake.claim('after', 'logs', AMPLE)
      return claimed.length === all.length && claimed
    })
    expect(stored.map(numberOf).sort((a, b) => a - b)).toEqual(all)
  } finally {
    await intake.close()
  }
})
