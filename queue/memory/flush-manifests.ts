import { sees } from '../../schema/domain/horizon.js'
import type { Clock } from '../../schema/ports/clock.js'
import { BatchTakenError, type FlushManifests, MAX_LISTED_SLICES, type OpenFlush } from '../../schema/ports/flushes.js'

interface Entry extends OpenFlush {
  owner: string
  leaseUntil: number
  closed: boolean
}

/** The flush manifest in memory: what the port means, for tests and as a reference. It counts no usage. */
export function createMemoryFlushManifests({ clock }: { readonly clock: Clock }): FlushManifests {
  const flushes = new Map<bigint, Entry>()
  let last = 0n

  const open = () => [...flushes.values()].filter((entry) => !entry.closed)
  const holder = (batchId: string) => [...flushes.values()].find((entry) => entry.batchIds.includes(batchId))

  return {
    async known(batchIds) {
      return batchIds.flatMap((batchId) => {
        const entry = holder(batchId)
        return entry === undefined ? [] : [{ batchId, flushId: entry.flushId, closed: entry.closed }]
      })
    },
    async open({ signal, owner, leaseMs, batchIds, lines, terms }) {
      const taken = batchIds.find(holder)
      if (taken !== undefined) throw new BatchTakenError(`Batch ${taken} already belongs to a flush.`)
      last += 1n
      flushes.set(last, {
        flushId: last,
        signal,
        batchIds,
        lines: lines.map((line) => (line.slices.length > MAX_LISTED_SLICES ? { ...line, slices: [] } : line)),
        terms: structuredClone(terms),
        owner,
        leaseUntil: clock.now() + leaseMs,
        closed: false,
      })
      return last
    },
    async renew(owner, leaseMs) {
      for (const entry of open()) if (entry.owner === owner) entry.leaseUntil = clock.now() + leaseMs
    },
    async takeOver(owner, leaseMs, { alone, limit }) {
      const free = open().filter((entry) => alone || entry.leaseUntil <= clock.now())
      return free.slice(0, limit).map((entry) => {
        entry.owner = owner
        entry.leaseUntil = clock.now() + leaseMs
        const { flushId, signal, batchIds, lines, terms } = entry
        return { flushId, signal, batchIds, lines, terms }
      })
    },
    async close(flushId) {
      const entry = flushes.get(flushId)
      if (entry === undefined || entry.closed) return false
      entry.closed = true
      return true
    },
    async abandon(flushId) {
      if (flushes.get(flushId)?.closed === false) flushes.delete(flushId)
    },
    async snapshot() {
      return { upTo: last, except: open().map(({ flushId }) => flushId) }
    },
    async dirtySlices(orgId, signal, before, after) {
      const lines = [...flushes.values()]
        .filter((entry) => entry.signal === signal && sees(after, entry.flushId) && !sees(before, entry.flushId))
        .flatMap((entry) => entry.lines.filter((line) => line.orgId === orgId))
      const ranges = lines.flatMap(({ slices, firstSlice: first, lastSlice }) =>
        slices.length === 0 ? [{ first, last: lastSlice }] : [],
      )
      return { slices: [...new Set(lines.flatMap((line) => line.slices))].sort((a, b) => a - b), ranges }
    },
  }
}
