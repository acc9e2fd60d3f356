import { randomBytes, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { AMPLE, batch, eventually, type IntakeSubject, idsOf } from './intake-subject.js'

export function idempotencyConformance(current: () => IntakeSubject): void {
  /** What the same request becomes when it is sent again: a new batch id, the rest the same. */
  const resent = <B extends ReturnType<typeof batch>>(sent: B) => ({ ...sent, batchId: randomUUID() })

  it('gives the first answer again to the same body, and enqueues it once', async () => {
    const { intake, other } = current()
    const sent = batch({ items: 3 })
    const first = await intake.enqueue(sent)
    expect(await other.enqueue({ ...resent(sent), items: 99 })).toEqual({ ...first, outcome: 'replayed' })
    expect(idsOf(await intake.claim('a', 'logs', AMPLE))).toEqual([sent.batchId])
  })

  it('remembers after the batch is stored', async () => {
    const { intake, other } = current()
    const sent = batch()
    const first = await intake.enqueue(sent)
    await intake.acknowledge([sent.batchId])
    expect(await other.enqueue(resent(sent))).toEqual({ ...first, outcome: 'replayed' })
    expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
  })

  it('takes a whole batch that is sent again, id and all, for a replay', async () => {
    const { intake } = current()
    const sent = batch()
    const first = await intake.enqueue(sent)
    expect(await intake.enqueue(sent)).toEqual({ ...first, outcome: 'replayed' })
    await intake.acknowledge([sent.batchId])
    expect(await intake.enqueue(sent)).toEqual({ ...first, outcome: 'replayed' })
    expect(await intake.depth()).toMatchObject({ batches: 0 })
  })

  it('refuses another body under the same scope', async () => {
    const { intake, other } = current()
    const sent = batch()
    await intake.enqueue(sent)
    expect(await other.enqueue({ ...batch({ scope: sent.idempotency.scope }) })).toEqual({ outcome: 'conflict' })
    expect(await intake.depth()).toMatchObject({ batches: 1 })
  })

  it('accepts exactly one of many that come at once under one scope', async () => {
    const { intake, other } = current()
    const sent = batch()
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? intake : other).enqueue(resent(sent))),
    )
    const accepted = answers.filter(({ outcome }) => outcome === 'accepted')
    expect(accepted).toHaveLength(1)
    expect(answers.filter((answer) => answer.outcome === 'replayed')).toEqual(
      Array.from({ length: 11 }, () => ({ ...accepted[0], outcome: 'replayed' })),
    )
    expect(await intake.depth()).toMatchObject({ batches: 1 })
  })

  it('accepts one body of two that come at once under one scope', async () => {
    const { intake, other } = current()
    for (let round = 0; round < 10; round++) {
      const scope = randomBytes(32)
      const answers = await Promise.all([intake.enqueue(batch({ scope })), other.enqueue(batch({ scope }))])
      expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['accepted', 'conflict']))
    }
  })

  it('frees a scope when its time is over, swept or not', async () => {
    const { intake, other } = current()
    const sent = batch({ ttlMs: 30 })
    await intake.enqueue(sent)
    const body = Buffer.from('{"another":"body"}')
    const answer = await eventually(async () => {
      const again = await other.enqueue(batch({ scope: sent.idempotency.scope, body, ttlMs: 60_000 }))
      return again.outcome === 'accepted' && again
    })
    expect(answer.batchId).not.toBe(sent.batchId)
    const replay = await intake.enqueue(batch({ scope: sent.idempotency.scope, body }))
    expect(replay).toEqual({ ...answer, outcome: 'replayed' })
    expect(await intake.depth()).toMatchObject({ batches: 2 })
  })

  it('sweeps what is over and keeps what is not', async () => {
    const { intake, sweepsNothing } = current()
    const kept = batch()
    await intake.enqueue(kept)
    for (let i = 0; i < 3; i++) await intake.enqueue(batch({ ttlMs: 1 }))
    let swept = sweepsNothing ? 3 : 0
    await eventually(async () => {
      swept += await intake.sweep()
      return swept === 3
    })
    expect(await intake.sweep()).toBe(0)
    expect(await intake.enqueue(resent(kept))).toMatchObject({ outcome: 'replayed' })
  })
}
