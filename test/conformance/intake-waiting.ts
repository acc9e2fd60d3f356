import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { AMPLE, batch, eventually, type IntakeSubject } from './intake-subject.js'

/** Longer than a test may take: who waits for it has missed a wake-up. */
const FOR_EVER_MS = 100_000

export function waitingConformance(current: () => IntakeSubject): void {
  const never = new AbortController().signal

  it('wakes for an enqueue in any process', async () => {
    const { intake, other } = current()
    for (const [waiting, sending] of [
      [intake, intake],
      [intake, other],
      [other, intake],
    ] as const) {
      const woken = waiting.waitForWork('logs', FOR_EVER_MS, never)
      await sending.enqueue(batch())
      await woken
      await intake.acknowledge((await intake.claim('a', 'logs', AMPLE)).map(({ batchId }) => batchId))
    }
  })

  it('does not wait when there is something already', async () => {
    const { intake, other } = current()
    await other.enqueue(batch())
    await intake.waitForWork('logs', FOR_EVER_MS, never)
    expect(await intake.claim('a', 'logs', AMPLE)).toHaveLength(1)
  })

  it('waits for its own signal, past what others hold, until its time is over', async () => {
    const { intake } = current()
    await intake.enqueue(batch({ signal: 'metrics' }))
    await intake.enqueue(batch())
    await intake.claim('a', 'logs', AMPLE)
    // What was said of the enqueue may still come in; then it is quiet.
    await eventually(async () => {
      const begun = performance.now()
      await intake.waitForWork('logs', 120, never)
      return performance.now() - begun > 100
    })
  })

  it('wakes when a claim is released', async () => {
    const { intake, other } = current()
    const sent = batch()
    await intake.enqueue(sent)
    await intake.claim('a', 'logs', AMPLE)
    const woken = other.waitForWork('logs', FOR_EVER_MS, never)
    await intake.release('a', [sent.batchId])
    await woken
  })

  it('ends when it is aborted, before or while it waits', async () => {
    const { intake } = current()
    const abort = new AbortController()
    const waiting = intake.waitForWork('logs', FOR_EVER_MS, abort.signal)
    abort.abort()
    await waiting
    await intake.waitForWork('logs', FOR_EVER_MS, abort.signal)
  })

  it('ends when the intake closes', async () => {
    const { intake } = current()
    const waiting = intake.waitForWork('logs', FOR_EVER_MS, never)
    await intake.close()
    await waiting
  })

  it('loses no wake-up between a claim that finds nothing and the wait', async () => {
    const { intake, other } = current()
    for (let round = 0; round < 200; round++) {
      const send = async () => {
        // Meets the consumer at every point of its way from the claim to the wait.
        for (let turns = round % 25; turns > 0; turns--) await turn()
        await (round % 3 === 0 ? other : intake).enqueue(batch())
      }
      const receive = async () => {
        for (;;) {
          const claimed = await intake.claim('a', 'logs', AMPLE)
          if (claimed.length > 0) return intake.acknowledge(claimed.map(({ batchId }) => batchId))
          await intake.waitForWork('logs', FOR_EVER_MS, never)
        }
      }
      await Promise.all([send(), receive()])
    }
    expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
  })
}
