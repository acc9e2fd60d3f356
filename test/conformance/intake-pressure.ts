import { expect, it } from 'vitest'
import { AMPLE, batch, enqueueAll, type IntakeSubject, idsOf } from './intake-subject.js'

export function pressureConformance(current: () => IntakeSubject): void {
  it('tells how full the queue is, claimed batches included, and that it is empty', async () => {
    const { intake, other } = current()
    const nothing = { batches: 0, bytes: 0, oldestAgeMs: 0 }
    expect(await intake.pressure()).toMatchObject(nothing)
    const sent = await enqueueAll(intake, [batch(), batch({ signal: 'metrics' })])
    await intake.claim('a', 'logs', AMPLE)
    const bytes = sent.reduce((sum, { body }) => sum + body.bytes, 0)
    const full = await other.pressure()
    expect(full).toMatchObject({ batches: 2, bytes })
    expect(full.oldestAgeMs).toBeGreaterThanOrEqual(0)
    expect(full.oldestAgeMs).toBeLessThan(60_000)
    expect(full.memoryRatio === null || (full.memoryRatio >= 0 && full.memoryRatio <= 1)).toBe(true)
    await intake.acknowledge(idsOf(sent))
    expect(await other.pressure()).toMatchObject(nothing)
  })
}
