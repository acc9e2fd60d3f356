import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FlushSnapshot, NO_FLUSHES, sees } from '../../schema/domain/horizon.js'
import { type FlushSubject, flush, line } from './flush-subject.js'

/** What one worker does with a flush, and how many turns of the event loop it takes between the steps. */
interface Step {
  readonly abandons: boolean
  readonly pause: number
}

const step = fc.record({ abandons: fc.boolean(), pause: fc.nat(4) })
/** A row a worker. */
const plan = fc.array(fc.array(step, { minLength: 3, maxLength: 12 }), { minLength: 4, maxLength: 8 })

/** When a call began and ended, as numbers in the order of events of this process. */
interface Span {
  readonly begun: number
  readonly ended: number
}

/** Snapshots stay true while any number of processes open and close. */
export function flushConcurrency(name: string, open: () => FlushSubject): void {
  describe(`${name} as flush manifests, many at once`, () => {
    it('never contradicts a snapshot later, and makes every flush dirty once', async () => {
      await fc.assert(
        fc.asyncProperty(plan, async (rows) => {
          const subject = open()
          try {
            check(await run(subject, rows))
          } finally {
            await subject.close()
          }
        }),
        { numRuns: 15 },
      )
    })
  })
}

async function run({ manifests }: FlushSubject, rows: readonly (readonly Step[])[]) {
  let events = 0
  let working = true
  const closes = new Map<bigint, Span>()
  const opens = new Map<bigint, Span>()
  const snapshots: (Span & { readonly snapshot: FlushSnapshot })[] = []
  /** Slice numbers as they became dirty for one reader after another snapshot. */
  const dirtied: number[] = []
  const sliceOfFlush = new Map<bigint, number>()
  let slices = 0

  async function work(steps: readonly Step[]): Promise<void> {
    for (const { abandons, pause } of steps) {
      const slice = ++slices
      const begun = events++
      const id = await manifests.open(flush({ lines: [line({ slices: [slice] })] }))
      opens.set(id, { begun, ended: events++ })
      for (let i = 0; i < pause; i++) await turn()
      if (abandons) await manifests.abandon(id)
      else {
        const closing = events++
        sliceOfFlush.set(id, slice)
        expect(await manifests.close(id)).toBe(true)
        closes.set(id, { begun: closing, ended: events++ })
      }
    }
  }

  async function take(): Promise<FlushSnapshot> {
    // A manifest in memory answers without letting the workers have a turn.
    await turn()
    const begun = events++
    const snapshot = await manifests.snapshot()
    snapshots.push({ begun, ended: events++, snapshot })
    return snapshot
  }

  async function follow(): Promise<void> {
    let last = NO_FLUSHES
    for (let going = true; going; ) {
      going = working
      const next = await take()
      dirtied.push(...(await manifests.dirtySlices('org', 'logs', last, next)).slices)
      last = next
    }
  }

  async function watch(): Promise<void> {
    while (working) await take()
  }

  const worked = Promise.all(rows.map(work)).then(() => {
    working = false
  })
  await Promise.all([worked, follow(), watch(), watch()])
  return { opens, closes, snapshots, dirtied, slices: [...sliceOfFlush.values()] }
}

function check({ opens, closes, snapshots, dirtied, slices }: Awaited<ReturnType<typeof run>>): void {
  const faults: string[] = []
  for (const [id, closed] of closes) {
    const seenAt = snapshots.filter(({ snapshot }) => sees(snapshot, id))
    const firstSeen = Math.min(...seenAt.map(({ ended }) => ended))
    for (const { begun, ended, snapshot } of snapshots) {
      const seen = sees(snapshot, id)
      if (seen && ended < closed.begun) faults.push(`${id} was seen before its close began`)
      if (!seen && begun > closed.ended) faults.push(`${id} was closed and not seen by a later snapshot`)
      if (!seen && begun > firstSeen) faults.push(`${id} was seen and is not seen later`)
    }
  }
  // Ids rise in the order in which flushes became visible: one whose open ended before another's began is the lower.
  const ordered = [...opens].sort(([, a], [, b]) => a.begun - b.begun)
  for (const [id, span] of ordered)
    for (const [other, later] of ordered)
      if (span.ended < later.begun && other < id) faults.push(`${other} was opened after ${id}`)
  expect(faults).toEqual([])
  expect([...dirtied].sort((a, b) => a - b)).toEqual([...slices].sort((a, b) => a - b))
}
