import { unwrap } from '../ast.js'
import { type Frame, instant } from '../frame.js'
import { selectNewest } from '../select-newest.js'
import { type Column, type Value, vector } from '../value.js'
import { argument, type Builtin, type Builtins, type Invocation, mapColumns, vectorArgument } from './builtin.js'

const scalar =
  (compute: (invocation: Invocation, index: number) => number): Builtin =>
  (invocation) => ({
    kind: 'scalar',
    values: Float64Array.from({ length: invocation.frame.steps }, (_, index) => compute(invocation, index)),
  })

/** A part of a UTC date, of the instant itself when the argument is left out. Values are Unix seconds. */
const datePart =
  (part: (date: Date) => number): Builtin =>
  (invocation) => {
    const columns = invocation.call.args.length === 0 ? [now(invocation.frame)] : vectorArgument(invocation, 0)
    return vector(mapColumns(columns, (value) => part(new Date(Math.trunc(value) * 1000))))
  }

/** Functions of time; parts of dates are UTC. */
export const TIME_FUNCTIONS: Builtins = {
  time: scalar(({ frame }, index) => instant(frame, index) / 1000),
  start: scalar(({ scope }) => scope.times.start / 1000),
  end: scalar(({ scope }) => scope.times.end / 1000),
  step: scalar(({ scope }) => scope.times.step / 1000),
  range: scalar(({ scope }) => (scope.times.end - scope.times.start) / 1000),
  pi: scalar(() => Math.PI),
  timestamp: timestamps,
  year: datePart((date) => date.getUTCFullYear()),
  month: datePart((date) => date.getUTCMonth() + 1),
  day_of_month: datePart((date) => date.getUTCDate()),
  day_of_week: datePart((date) => date.getUTCDay()),
  day_of_year: datePart((date) => Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / 86_400_000) + 1),
  days_in_month: datePart((date) => new Date(new Date(date).setUTCMonth(date.getUTCMonth() + 1, 0)).getUTCDate()),
  hour: datePart((date) => date.getUTCHours()),
  minute: datePart((date) => date.getUTCMinutes()),
}

/** The time of each sample when the argument is a selector, else that of the evaluation. */
function timestamps(invocation: Invocation): Value {
  const { scope, frame } = invocation
  const selector = unwrap(argument(invocation, 0))
  if (selector.kind === 'vectorSelector') {
    return vector(selectNewest(scope, selector, frame, 'times').map((column) => ({ ...column, dropName: true })))
  }
  return vector(mapColumns(vectorArgument(invocation, 0), (_, index) => instant(frame, index) / 1000))
}

function now(frame: Frame): Column {
  return {
    labels: {},
    dropName: false,
    values: Float64Array.from({ length: frame.steps }, (_, index) => instant(frame, index) / 1000),
    present: new Uint8Array(frame.steps).fill(1),
  }
}
