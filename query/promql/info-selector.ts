import type { Matcher } from '../../schema/domain/matcher.js'
import { type Call, children, type Expr, unwrap, type VectorSelector } from './ast.js'
import { METRIC_NAME } from './label-set.js'

/** What a call of `info` joins its vector with. */
export interface InfoSelection {
  /** Selects the info series, shifted in time as the vector's first selector is. */
  readonly selector: VectorSelector
  readonly nameMatchers: readonly Matcher[]
  /** Matchers on labels of info series; only these labels are taken over, or all if there are none. */
  readonly dataMatchers: readonly Matcher[]
}

const DEFAULT_NAME: Matcher = { name: METRIC_NAME, op: '=', value: 'target_info' }
const ANY_INFO: Matcher = { name: METRIC_NAME, op: '=~', value: '.+_info' }

const known = new WeakMap<Call, InfoSelection>()

/** The selection of a call of `info`; the same object each time, since loaded samples hang on the selector. */
export function infoSelection(call: Call): InfoSelection {
  const before = known.get(call)
  if (before !== undefined) return before
  const [base, labels] = call.args
  const node = labels === undefined ? null : unwrap(labels)
  const matchers = node?.kind === 'vectorSelector' ? node.matchers : []
  const named = matchers.filter(({ name }) => name === METRIC_NAME)
  const dataMatchers = matchers.filter(({ name }) => name !== METRIC_NAME)
  const positive = named.some(({ op }) => op === '=' || op === '=~')
  const nameMatchers = named.length === 0 ? [DEFAULT_NAME] : positive ? named : [ANY_INFO, ...named]
  const shift = base === undefined ? null : firstSelector(base)
  const selector: VectorSelector = {
    kind: 'vectorSelector',
    matchers: [...nameMatchers, ...dataMatchers],
    edges: null,
    offset: shift?.offset ?? null,
    at: shift?.at ?? null,
    span: call.span,
  }
  const selection = { selector, nameMatchers, dataMatchers }
  known.set(call, selection)
  return selection
}

function firstSelector(expr: Expr): VectorSelector | null {
  if (expr.kind === 'vectorSelector') return expr
  for (const inner of children(expr)) {
    const found = firstSelector(inner)
    if (found !== null) return found
  }
  return null
}
