import type { TraceSkeleton } from '../../schema/domain/trace.js'
import { keysOf, sortedBy } from './sorted-by.js'
import type { Work } from './work.js'

/** The skeleton in order of start; spans of one start as they came. */
export function* inOrder(skeleton: TraceSkeleton): Work<TraceSkeleton> {
  const order = yield* sortedBy(keysOf(skeleton.startNs))
  if (order.every((index, place) => index === place)) return skeleton
  const { startNs, durationNs, spanId, parentId, row, service, failed, services } = skeleton
  return {
    startNs: yield* picked(startNs, order),
    durationNs: yield* picked(durationNs, order),
    spanId: yield* pairs(spanId, order),
    parentId: yield* pairs(parentId, order),
    row: yield* pairs(row, order),
    service: yield* picked(service, order),
    failed: yield* picked(failed, order),
    services,
  }
}

function* picked<Column extends Float64Array | Uint32Array | Uint8Array>(
  column: Column,
  order: Uint32Array,
): Work<Column> {
  const to = column.slice()
  for (let i = 0; i < order.length; i++) to[i] = column[order[i] as number] as number
  yield
  return to as Column
}

function* pairs(words: Uint32Array, order: Uint32Array): Work<Uint32Array> {
  const to = new Uint32Array(words.length)
  for (let i = 0; i < order.length; i++) {
    const from = 2 * (order[i] as number)
    to[2 * i] = words[from] as number
    to[2 * i + 1] = words[from + 1] as number
  }
  yield
  return to
}
