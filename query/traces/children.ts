import { TOP } from './parents.js'
import { STEP, type Work } from './work.js'

/** Spans below each span as linked lists: of each span the first child and its next sibling, -1 where there is none. */
export interface Children {
  /** By span; the last one is the first at the top. */
  readonly first: Int32Array
  readonly next: Int32Array
}

/** Lists of children in the reverse of an order of all spans. */
export function* childrenIn(order: Uint32Array, parent: Int32Array): Work<Children> {
  const count = parent.length
  const first = new Int32Array(count + 1).fill(-1)
  const next = new Int32Array(count)
  for (let i = 0; i < order.length; i++) {
    const child = order[i] as number
    const above = parent[child] as number
    const list = above === TOP ? count : above
    next[child] = first[list] as number
    first[list] = child
    if (i % STEP === STEP - 1) yield
  }
  return { first, next }
}
