import type { Children } from './children.js'
import { TOP } from './parents.js'
import { STEP, type Work } from './work.js'

/** The tree as rows: each span before those below it, siblings by start. */
export interface PreOrder {
  /** Spans by row. */
  readonly order: Uint32Array
  /** By span: how many stand above it. */
  readonly depth: Uint32Array
  /** By span: how many stand below it, at whatever depth; they are the rows right after it. */
  readonly descendants: Uint32Array
}

export function* preOrder({ first, next }: Children, parent: Int32Array): Work<PreOrder> {
  const count = parent.length
  const order = new Uint32Array(count)
  const depth = new Uint32Array(count)
  const descendants = new Uint32Array(count)
  let at = first[count] as number
  for (let row = 0; row < count; row++) {
    order[row] = at
    const above = parent[at] as number
    if (above !== TOP) depth[at] = (depth[above] as number) + 1
    const child = first[at] as number
    if (child !== -1) at = child
    else {
      while (at !== TOP && next[at] === -1) at = parent[at] as number
      if (at !== TOP) at = next[at] as number
    }
    if (row % STEP === STEP - 1) yield
  }
  for (let row = count - 1; row >= 0; row--) {
    const span = order[row] as number
    const above = parent[span] as number
    if (above !== TOP) descendants[above] = (descendants[above] as number) + (descendants[span] as number) + 1
  }
  yield
  return { order, depth, descendants }
}
