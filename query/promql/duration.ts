import type { Duration } from './ast.js'

/** Lengths of the query that durations may speak of, in ms; an instant query has a step and a range of 0. */
export interface QueryLengths {
  readonly step: number
  readonly range: number
}

/** A duration in whole ms, what is less cut off; NaN or infinite where it has no value. */
export function durationMs(duration: Duration, query: QueryLengths): number {
  const value = seconds(duration, query)
  // As written it counts to the nanosecond; a hundred days and more of them would not fit a number.
  if (duration.kind === 'seconds')
    return Math.abs(value) < 9e6 ? Math.trunc(Math.round(value * 1e9) / 1e6) : Math.round(value * 1000)
  if (duration.kind === 'negate') return 0 - durationMs(duration.of, query)
  return Math.trunc(value * 1000)
}

function seconds(duration: Duration, query: QueryLengths): number {
  switch (duration.kind) {
    case 'seconds':
      return duration.seconds
    case 'step':
      return query.step / 1000
    case 'range':
      return query.range / 1000
    case 'negate':
      return -seconds(duration.of, query)
    case 'combine': {
      const left = seconds(duration.left, query)
      const right = seconds(duration.right, query)
      switch (duration.op) {
        case '+':
          return left + right
        case '-':
          return left - right
        case '*':
          return left * right
        case '/':
          return right === 0 ? Number.NaN : left / right
        case '%':
          return left % right
        case '^':
          return left ** right
        case 'min_of':
          return Math.min(left, right)
        case 'max_of':
          return Math.max(left, right)
      }
    }
  }
}
