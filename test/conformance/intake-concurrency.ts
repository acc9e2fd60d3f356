import { expect, it } from 'vitest'
import { batch, type IntakeSubject } from './intake-subject.js'

export function concurrencyConformance(current: () => IntakeSubject): void {
  it('hands no batch to two live consumers, and every batch to one', async () => {
    const { intake, other } = current()
    const total = 160
    const holders = new Map<string, string[]>()
    const sent: string[] = []
    const produce = async (from: typeof intake) => {
      for (let i = 0; i < total / 2; i++) {
        const one = batch({ orgId: `org${i % 5}` })
        await from.enqueue(one)
        sent.push(one.batchId)
      }
    }
    const consume = async (at: typeof intake, consumer: string) => {
      while (holders.size < total) {
        const claimed = await at.claim(consumer, 'logs', { maxBatches: 5, maxBytes: 1000, claimMs: 60_000 })
        for (const { batchId, deliveries } of claimed) {
          holders.set(batchId, [...(holders.get(batchId) ?? []), `${consumer} ${deliveries}`])
          expect(await at.extend(consumer, [batchId], 60_000)).toEqual([batchId])
        }
        await at.acknowledge(claimed.map(({ batchId }) => batchId))
      }
    }
    await Promise.all([
      ...[intake, other].map(produce),
      ...[intake, other, intake, other, intake, other].map((at, i) => consume(at, `c${i}`)),
    ])
    expect([...holders.keys()].sort()).toEqual(sent.sort())
    expect([...holders.values()].filter((by) => by.length !== 1 || !by[0]?.endsWith(' 1'))).toEqual([])
    expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
  })

  it('lets claims, renewals, releases and acknowledgements of the same batches cross without waiting for each other', async () => {
    const { intake, other } = current()
    const ids: string[] = []
    for (let i = 0; i < 20; i++) {
      const one = batch()
      await intake.enqueue(one)
      ids.push(one.batchId)
    }
    const backwards = [...ids].reverse()
    for (let round = 0; round < 15; round++)
      await Promise.all([
        intake.claimThese('a', ids, 60_000),
        other.claimThese('b', backwards, 60_000),
        intake.extend('a', backwards, 60_000),
        other.extend('b', ids, 60_000),
        intake.release('a', ids),
        other.claim('b', 'logs', { maxBatches: 7, maxBytes: 1e9, claimMs: 60_000 }),
        other.acknowledge(backwards.slice(0, round)),
        intake.acknowledge(ids.slice(20 - round)),
      ])
    expect(await intake.depth()).toMatchObject({ batches: 6 })
  })
}
