import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NO_FLUSHES, sees } from '../../schema/domain/horizon.js'
import { scrubPolicySchema } from '../../schema/domain/scrub.js'
import { BatchTakenError } from '../../schema/ports/flushes.js'
import { type FlushSubject, flush, HOUR, line } from './flush-subject.js'
import { eventually } from './intake-subject.js'

/** What every flush manifest keeps. */
export function flushConformance(name: string, open: () => FlushSubject): void {
  describe(`${name} as flush manifests`, () => {
    let subject: FlushSubject
    beforeEach(() => {
      subject = open()
    })
    afterEach(() => subject.close())

    it('knows the batches of a flush, open and closed', async () => {
      const { manifests } = subject
      const [first, second, stranger] = [randomUUID(), randomUUID(), randomUUID()]
      const one = await manifests.open(flush({ batchIds: [first] }))
      const two = await manifests.open(flush({ batchIds: [second] }))
      await manifests.close(two)
      expect(two).toBeGreaterThan(one)
      const known = await manifests.known([second, stranger, first])
      expect(known.sort((a, b) => Number(a.flushId - b.flushId))).toEqual([
        { batchId: first, flushId: one, closed: false },
        { batchId: second, flushId: two, closed: true },
      ])
      expect(await manifests.known([])).toEqual([])
    })

    it('takes no batch into a second flush, and writes nothing then', async () => {
      const { manifests } = subject
      const [taken, free] = [randomUUID(), randomUUID()]
      const first = await manifests.open(flush({ batchIds: [taken] }))
      const again = manifests.open(flush({ batchIds: [free, taken] }))
      await expect(again).rejects.toThrow(BatchTakenError)
      await manifests.close(first)
      await expect(manifests.open(flush({ batchIds: [taken] }))).rejects.toThrow(BatchTakenError)
      expect(await manifests.known([free])).toEqual([])
      expect((await manifests.snapshot()).except).toEqual([])
      await manifests.open(flush({ batchIds: [free] }))
    })

    it('lets one of two take a batch that both want', async () => {
      const { manifests } = subject
      for (let round = 0; round < 10; round++) {
        const batchIds = [randomUUID(), randomUUID()]
        const answers = await Promise.allSettled([
          manifests.open(flush({ batchIds })),
          manifests.open(flush({ batchIds: [...batchIds].reverse() })),
        ])
        expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      }
    })

    it('closes once', async () => {
      const { manifests } = subject
      const id = await manifests.open(flush())
      const answers = await Promise.all([manifests.close(id), manifests.close(id), manifests.close(id)])
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await manifests.close(id)).toBe(false)
      expect(await manifests.close(id + 1000n)).toBe(false)
    })

    it('frees the batches of an abandoned flush, and abandons no closed one', async () => {
      const { manifests } = subject
      const batchIds = [randomUUID()]
      const abandoned = await manifests.open(flush({ batchIds }))
      await manifests.abandon(abandoned)
      expect(await manifests.close(abandoned)).toBe(false)
      const second = await manifests.open(flush({ batchIds }))
      expect(second).toBeGreaterThan(abandoned)
      await manifests.close(second)
      await manifests.abandon(second)
      expect(await manifests.known(batchIds)).toEqual([{ batchId: batchIds[0], flushId: second, closed: true }])
    })

    it('takes over what another left open when its lease is over, whole and oldest first', async () => {
      const { manifests } = subject
      const batchIds = [randomUUID(), randomUUID(), randomUUID()].sort().reverse()
      const lines = [
        line({ orgId: 'a', slices: [1, 5, 9] }),
        line({ orgId: 'b', acceptedHour: HOUR + 3_600_000, slices: [], firstSlice: 7, lastSlice: 9000 }),
      ]
      const policy = scrubPolicySchema.parse({ kinds: { ipv4: 'hash' }, fields: { 'a.*': 'mask', b: 'keep' } })
      const terms = { days: { a: 7, b: 30 }, policies: { b: policy } }
      const first = await manifests.open(flush({ leaseMs: 1, batchIds, lines, signal: 'rum', terms }))
      const second = await manifests.open(flush({ leaseMs: 1 }))
      const leased = await manifests.open(flush({ leaseMs: 60_000 }))
      await manifests.close(await manifests.open(flush({ leaseMs: 1 })))
      const options = { alone: false, limit: 10 }
      const taken = await eventually(async () => {
        const [one] = await manifests.takeOver('b', 60_000, { ...options, limit: 1 })
        return one
      })
      expect(taken).toEqual({ flushId: first, signal: 'rum', batchIds, lines, terms })
      const rest = await eventually(async () => {
        const more = await manifests.takeOver('b', 60_000, options)
        return more.length > 0 && more
      })
      expect(rest.map(({ flushId }) => flushId)).toEqual([second])
      expect(await manifests.takeOver('c', 60_000, options)).toEqual([])
      const all = await manifests.takeOver('c', 60_000, { alone: true, limit: 10 })
      expect(all.map(({ flushId }) => flushId)).toEqual([first, second, leased])
    })

    it('keeps leases that are renewed by their owner', async () => {
      const { manifests } = subject
      const mine = await manifests.open(flush({ owner: 'a', leaseMs: 1 }))
      const lost = await manifests.open(flush({ owner: 'b', leaseMs: 1 }))
      await manifests.renew('a', 60_000)
      const taken = await eventually(async () => {
        const free = await manifests.takeOver('c', 60_000, { alone: false, limit: 10 })
        return free.length > 0 && free
      })
      expect(taken.map(({ flushId }) => flushId)).toEqual([lost])
      await manifests.renew('b', 1)
      expect(await manifests.takeOver('d', 60_000, { alone: false, limit: 10 })).toEqual([])
      expect(await manifests.close(mine)).toBe(true)
    })

    it('sees a flush when it is closed, and not before', async () => {
      const { manifests } = subject
      expect(await manifests.snapshot()).toEqual(NO_FLUSHES)
      const one = await manifests.open(flush())
      const two = await manifests.open(flush())
      const three = await manifests.open(flush())
      await manifests.close(two)
      const before = await manifests.snapshot()
      expect(before).toEqual({ upTo: three, except: [one, three] })
      const four = await manifests.open(flush())
      await manifests.close(four)
      await manifests.close(one)
      const after = await manifests.snapshot()
      expect([one, two, three, four].map((id) => sees(before, id))).toEqual([false, true, false, false])
      expect([one, two, three, four].map((id) => sees(after, id))).toEqual([true, true, false, true])
    })

    it('names the slices that changed between two snapshots, for one org and signal', async () => {
      const { manifests } = subject
      const long = Array.from({ length: 600 }, (_, i) => i * 2)
      const late = await manifests.open(flush({ lines: [line({ slices: [3, 1_000_000] }), line({ orgId: 'other' })] }))
      await manifests.close(await manifests.open(flush({ lines: [line({ slices: [50] })] })))
      const before = await manifests.snapshot()
      for (const one of [
        flush({ lines: [line({ slices: [3, 4] }), line({ slices: [5], acceptedHour: HOUR + 3_600_000 })] }),
        flush({ lines: [line({ slices: long })] }),
        flush({ lines: [line({ slices: [], firstSlice: 70, lastSlice: 700 })] }),
        flush({ lines: [line({ slices: [8] })], signal: 'metrics' }),
        flush({ lines: [line({ slices: [9], orgId: 'other' })] }),
      ])
        await manifests.close(await manifests.open(one))
      await manifests.open(flush({ lines: [line({ slices: [6] })] }))
      await manifests.close(late)
      const after = await manifests.snapshot()

      const dirty = await manifests.dirtySlices('org', 'logs', before, after)
      expect(dirty.slices).toEqual([3, 4, 5, 1_000_000])
      expect([...dirty.ranges].sort((a, b) => a.first - b.first)).toEqual([
        { first: 0, last: 1198 },
        { first: 70, last: 700 },
      ])
      expect(await manifests.dirtySlices('org', 'metrics', before, after)).toEqual({ slices: [8], ranges: [] })
      expect(await manifests.dirtySlices('none', 'logs', before, after)).toEqual({ slices: [], ranges: [] })
      expect(await manifests.dirtySlices('org', 'logs', after, after)).toEqual({ slices: [], ranges: [] })
      expect((await manifests.dirtySlices('other', 'logs', NO_FLUSHES, after)).slices).toEqual([9, 100])
    })
  })
}
