import type { Matcher } from '../../schema/domain/matcher.js'
import { type Call, children, type Expr, type TimeShift, unwrap, type VectorSelector } from './ast.js'
import { typeOf } from './check-types.js'
import { METRIC_NAME } from './label-set.js'

/** What a call of `info` joins its vector with. */
export interface InfoSelection {
  /** Selects the info series, shifted in time as the vector's selectors are. */
  readonly selector: VectorSelector
  readonly nameMatchers: readonly Matcher[]
  /** Matchers on labels of info series; only these labels are taken over, or all if there are none. */
  readonly dataMatchers: readonly Matcher[]
}

const DEFAULT_NAME: Matcher = { name: METRIC_NAME, op: '=', value: 'target_info' }
const ANY_INFO: Matcher = { name: METRIC_NAME, op: '=~', value: '.+_info' }

const NO_SHIFT: TimeShift = { offset: null, at: null }

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
  const shift = base === undefined ? NO_SHIFT : commonShift(base)
  const selector: VectorSelector = {
    kind: 'vectorSelector',
    matchers: [...nameMatchers, ...dataMatchers],
    edges: null,
    offset: shift.offset,
    at: shift.at,
    span: call.span,
  }
  const selection = { selector, nameMatchers, dataMatchers }
  known.set(call, selection)
  return selection
}

/** The shift that all selectors share; none if they differ or a part has no selector. */
function commonShift(expr: Expr): TimeShift {
  const shifts = new Map(shiftsIn(expr).map(({ offset, at }) => [JSON.stringify([offset, at]), { offset, at }]))
  const [only] = shifts.values()
  return shifts.size === 1 && only !== undefined ? only : NO_SHIFT
}

/** Shifts of the parts of a vector: of its selectors, and none for a part that selects nothing. */
function shiftsIn(expr: Expr): TimeShift[] {
  if (expr.kind === 'vectorSelector') return [expr]
  if (typeOf(expr) === 'scalar' || expr.kind === 'string') return []
  const found = children(expr).flatMap(shiftsIn)
  return found.length > 0 ? found : [NO_SHIFT]
}
