import { SPAN_FINDINGS, type TraceSkeleton } from '../../schema/domain/trace.js'
import { sortedBy } from './sorted-by.js'
import { STEP, type Work } from './work.js'

/** The parent of a span that stands at the top. */
export const TOP = -1

/** The parent of each span as an index or `TOP`, without cycles, and what was found on the way, as bits. */
export interface Parents {
  readonly parent: Int32Array
  readonly findings: Uint8Array
}

/**
 * Finds each span's parent by its id. Where several spans have that id, it is the last of them that stands before the
 * child, else the first. A cycle is cut at its first span.
 *
 * @param skeleton In order of start.
 */
export function* parentsOf(skeleton: TraceSkeleton): Work<Parents> {
  const { spanId, parentId } = skeleton
  const count = spanId.length / 2
  const findings = new Uint8Array(count)
  const names = yield* numberedIds(spanId)
  const named = yield* numbersOf(parentId, spanId, names)
  const first = new Int32Array(count).fill(-1)
  const latest = new Int32Array(count).fill(-1)
  for (let i = 0; i < count; i++) {
    const id = names.number[i] as number
    if (first[id] === -1) first[id] = i
    else mark(findings, first[id] as number, i)
  }
  yield
  const parent = new Int32Array(count).fill(TOP)
  for (let start = 0; start < count; start += STEP) {
    const end = Math.min(count, start + STEP)
    for (let i = start; i < end; i++) {
      const id = named[i] as number
      if (id !== NOT_HERE) {
        const before = latest[id] as number
        const found = before === -1 ? (first[id] as number) : before
        if (found === i) note(findings, i, SPAN_FINDINGS.CYCLE)
        else parent[i] = found
      } else if (parentId[2 * i] !== 0 || parentId[2 * i + 1] !== 0) note(findings, i, SPAN_FINDINGS.PARENT_MISSING)
      latest[names.number[i] as number] = i
    }
    yield
  }
  yield* cutCycles(parent, findings)
  return { parent, findings }
}

function mark(findings: Uint8Array, one: number, other: number): void {
  note(findings, one, SPAN_FINDINGS.DUPLICATE_ID)
  note(findings, other, SPAN_FINDINGS.DUPLICATE_ID)
}

function note(findings: Uint8Array, span: number, finding: number): void {
  findings[span] = (findings[span] as number) | finding
}

const NOT_HERE = -1

interface NumberedIds {
  /** Indexes in the order of their ids. */
  readonly sorted: Uint32Array
  /** A number for each id, by index; equal ids have the same. */
  readonly number: Uint32Array
}

function* numberedIds(ids: Uint32Array): Work<NumberedIds> {
  const sorted = yield* sortedBy(ids)
  const number = new Uint32Array(sorted.length)
  let last = -1
  for (let i = 0; i < sorted.length; i++) {
    const index = sorted[i] as number
    if (i === 0 || compared(ids, sorted[i - 1] as number, ids, index) !== 0) last++
    number[index] = last
  }
  yield
  return { sorted, number }
}

/** Numbers of ids among those that are numbered, `NOT_HERE` for others, by merging both in order. */
function* numbersOf(wanted: Uint32Array, ids: Uint32Array, { sorted, number }: NumberedIds): Work<Int32Array> {
  const order = yield* sortedBy(wanted)
  const found = new Int32Array(order.length).fill(NOT_HERE)
  let at = 0
  for (let start = 0; start < order.length; start += STEP) {
    const end = Math.min(order.length, start + STEP)
    for (let i = start; i < end; i++) {
      const index = order[i] as number
      while (at < sorted.length && compared(ids, sorted[at] as number, wanted, index) < 0) at++
      const here = sorted[at]
      if (here !== undefined && compared(ids, here, wanted, index) === 0) found[index] = number[here] as number
    }
    yield
  }
  return found
}

/** Below, above or zero, as one id compares with another. */
function compared(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  const high = (a[2 * i + 1] as number) - (b[2 * j + 1] as number)
  return high !== 0 ? high : (a[2 * i] as number) - (b[2 * j] as number)
}

/** Walks up from each span until where a walk has been; a walk that meets itself has found a cycle. */
function* cutCycles(parent: Int32Array, findings: Uint8Array): Work<void> {
  const walk = new Uint32Array(parent.length)
  for (let start = 0; start < parent.length; start += STEP) {
    const end = Math.min(parent.length, start + STEP)
    for (let i = start; i < end; i++) {
      let at = i
      while (at !== TOP && walk[at] === 0) {
        walk[at] = i + 1
        at = parent[at] as number
      }
      if (at === TOP || walk[at] !== i + 1) continue
      let earliest = at
      for (let one = parent[at] as number; one !== at; one = parent[one] as number) earliest = Math.min(earliest, one)
      parent[earliest] = TOP
      note(findings, earliest, SPAN_FINDINGS.CYCLE)
    }
    yield
  }
}
