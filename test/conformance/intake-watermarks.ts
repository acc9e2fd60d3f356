import { expect, it } from 'vitest'
import { completeUntil } from '../../schema/domain/horizon.js'
import type { WatermarkReading } from '../../schema/ports/intake.js'
import { AMPLE, batch, enqueueAll, type IntakeSubject } from './intake-subject.js'

const byOrg = ({ oldest }: WatermarkReading) =>
  Object.fromEntries(oldest.map(({ orgId, signal, acceptedAt }) => [`${orgId} ${signal}`, acceptedAt]))

export function watermarkConformance(current: () => IntakeSubject): void {
  it('names nothing when all is stored, and tells the time', async () => {
    const { intake } = current()
    const reading = await intake.watermarks()
    expect(reading.oldest).toEqual([])
    expect(Math.abs(reading.now - Date.now())).toBeLessThan(5000)
    expect(Number.isInteger(reading.now)).toBe(true)
  })

  it('names the oldest of each org and signal, claimed or not, until it is stored', async () => {
    const { intake, other } = current()
    const accepted: number[] = []
    const sent = [
      batch({ orgId: 'a' }),
      batch({ orgId: 'b' }),
      batch({ orgId: 'a', signal: 'metrics' }),
      batch({ orgId: 'a' }),
      batch({ orgId: 'b' }),
    ]
    for (const one of sent) {
      const answer = await intake.enqueue(one)
      accepted.push('acceptedAt' in answer ? answer.acceptedAt : Number.NaN)
      // Stamps that differ, so that the oldest is one.
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    const [a1, b1, metrics, a2, b2] = accepted
    expect(byOrg(await other.watermarks())).toEqual({ 'a logs': a1, 'b logs': b1, 'a metrics': metrics })
    await intake.claim('x', 'logs', AMPLE)
    expect(byOrg(await intake.watermarks())).toEqual({ 'a logs': a1, 'b logs': b1, 'a metrics': metrics })
    await intake.acknowledge([sent[0]?.batchId ?? '', sent[2]?.batchId ?? ''])
    expect(byOrg(await other.watermarks())).toEqual({ 'a logs': a2, 'b logs': b1 })
    await intake.deadLetter(sent[1]?.batchId ?? '', 'Poison.')
    expect(byOrg(await other.watermarks())).toEqual({ 'a logs': a2, 'b logs': b2 })
  })

  it('tells many orgs apart', async () => {
    const { intake } = current()
    const orgs = Array.from({ length: 60 }, (_, i) => `org${i}`)
    await enqueueAll(
      intake,
      orgs.flatMap((orgId) => [batch({ orgId }), batch({ orgId, signal: 'spans' }), batch({ orgId })]),
    )
    const named = (await intake.watermarks()).oldest.map(({ orgId, signal }) => `${orgId} ${signal}`)
    expect(named.sort()).toEqual(orgs.flatMap((orgId) => [`${orgId} logs`, `${orgId} spans`]).sort())
  })

  it('never lets the horizon pass a batch that is not stored, with enqueues under way', async () => {
    const { intake, other } = current()
    const GRACE_MS = 1500
    const acceptedAt = new Map<string, { orgId: string; at: number }>()
    const stored = new Map<string, number>()
    const readings: { order: number; reading: WatermarkReading }[] = []
    let order = 0
    let sending = true
    const produce = async (from: typeof intake, orgId: string) => {
      for (let i = 0; i < 40; i++) {
        const one = batch({ orgId })
        const answer = await from.enqueue(one)
        if (answer.outcome === 'accepted') acceptedAt.set(one.batchId, { orgId, at: answer.acceptedAt })
      }
    }
    const consume = async () => {
      while (sending || stored.size < acceptedAt.size) {
        for (const { batchId } of await other.claim('c', 'logs', { ...AMPLE, maxBatches: 3 })) {
          stored.set(batchId, order++)
          await other.acknowledge([batchId])
        }
      }
    }
    const read = async () => {
      while (sending) {
        const reading = await intake.watermarks()
        // What is acknowledged from here on was not stored when this was read.
        readings.push({ order: order++, reading })
      }
    }
    const producing = Promise.all(['a', 'b', 'a', 'c'].map((org, i) => produce(i % 2 === 0 ? intake : other, org)))
    const stop = producing.then(() => {
      sending = false
    })
    await Promise.all([stop, consume(), read()])

    expect(readings.length).toBeGreaterThan(5)
    const passed: string[] = []
    for (const { order: readAt, reading } of readings) {
      const oldest = byOrg(reading)
      for (const [batchId, { orgId, at }] of acceptedAt) {
        const horizon = completeUntil(reading.now, oldest[`${orgId} logs`] ?? null, GRACE_MS)
        if ((stored.get(batchId) ?? Infinity) > readAt && horizon > at) passed.push(batchId)
      }
    }
    expect(passed).toEqual([])
  })
}
