import type { TraceSkeleton } from '../../schema/domain/trace.js'
import { keysOf, sortedBy } from './sorted-by.js'
import { STEP, type Work } from './work.js'

/** The skeleton in order of start; spans of one start by service, id and row, so that the order is always the same. */
export function* inOrder(skeleton: TraceSkeleton): Work<TraceSkeleton> {
  const order = yield* orderOf(skeleton)
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

function* orderOf({ startNs, service, spanId, row }: TraceSkeleton): Work<Uint32Array> {
  const order = yield* sortedBy(keysOf(startNs))
  const places = yield* placesOfEqual(startNs, order)
  if (places.length === 0) return order
  const among = places.map((place) => order[place] as number)
  const services = new Uint32Array(2 * service.length)
  for (let i = 0; i < service.length; i++) services[2 * i] = service[i] as number
  let equal: Uint32Array = among
  // The key that counts least first: each sort leaves equal ones as they stood.
  for (const keys of [row, spanId, services, keysOf(startNs)]) {
    const sorted = yield* sortedBy(yield* pairs(keys, equal))
    equal = yield* picked(equal, sorted)
  }
  for (let i = 0; i < places.length; i++) order[places[i] as number] = equal[i] as number
  return order
}

/** Places in an order whose spans begin when one beside them does. */
function* placesOfEqual(startNs: Float64Array, order: Uint32Array): Work<Uint32Array> {
  const places: number[] = []
  for (let i = 0; i < order.length; i++) {
    const start = startNs[order[i] as number]
    const isEqual =
      (i > 0 && startNs[order[i - 1] as number] === start) ||
      (i + 1 < order.length && startNs[order[i + 1] as number] === start)
    if (isEqual) places.push(i)
    if (i % STEP === STEP - 1) yield
  }
  return Uint32Array.from(places)
}

function* picked<Column extends Float64Array | Uint32Array | Uint8Array>(
  column: Column,
  order: Uint32Array,
): Work<Column> {
  const to = column.slice(0, order.length)
  for (let i = 0; i < order.length; i++) to[i] = column[order[i] as number] as number
  yield
  return to as Column
}

function* pairs(words: Uint32Array, order: Uint32Array): Work<Uint32Array> {
  const to = new Uint32Array(2 * order.length)
  for (let i = 0; i < order.length; i++) {
    const from = 2 * (order[i] as number)
    to[2 * i] = words[from] as number
    to[2 * i + 1] = words[from + 1] as number
  }
  yield
  return to
}
