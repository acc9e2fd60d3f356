import { type Value, vector } from '../value.js'
import { type Builtin, type Builtins, type Invocation, mapColumns, scalarArgument, vectorArgument } from './builtin.js'
import { greater, lesser } from './extremes.js'

const each =
  (compute: (value: number) => number): Builtin =>
  (invocation) =>
    vector(mapColumns(vectorArgument(invocation, 0), compute))

/** Functions of one value at a time. */
export const ARITHMETIC_FUNCTIONS: Builtins = {
  abs: each(Math.abs),
  ceil: each(Math.ceil),
  floor: each(Math.floor),
  exp: each(Math.exp),
  sqrt: each(Math.sqrt),
  ln: each(Math.log),
  log2: each(Math.log2),
  log10: each(Math.log10),
  sgn: each((value) => (value < 0 ? -1 : value > 0 ? 1 : value)),
  sin: each(Math.sin),
  cos: each(Math.cos),
  tan: each(Math.tan),
  asin: each(Math.asin),
  acos: each(Math.acos),
  atan: each(Math.atan),
  sinh: each(Math.sinh),
  cosh: each(Math.cosh),
  tanh: each(Math.tanh),
  asinh: each(Math.asinh),
  acosh: each(Math.acosh),
  atanh: each(Math.atanh),
  rad: each((value) => (value * Math.PI) / 180),
  deg: each((value) => (value * 180) / Math.PI),
  clamp: (invocation) => {
    const minimum = scalarArgument(invocation, 1)
    const maximum = scalarArgument(invocation, 2)
    const columns = vectorArgument(invocation, 0).map((column) => ({
      ...column,
      present: column.present.map((present, index) => ((maximum[index] ?? 0) < (minimum[index] ?? 0) ? 0 : present)),
    }))
    return vector(
      mapColumns(columns, (value, index) => greater(minimum[index] ?? 0, lesser(maximum[index] ?? 0, value))),
    )
  },
  clamp_min: (invocation) => {
    const minimum = scalarArgument(invocation, 1)
    return vector(mapColumns(vectorArgument(invocation, 0), (value, index) => greater(minimum[index] ?? 0, value)))
  },
  clamp_max: (invocation) => {
    const maximum = scalarArgument(invocation, 1)
    return vector(mapColumns(vectorArgument(invocation, 0), (value, index) => lesser(maximum[index] ?? 0, value)))
  },
  min_of: (invocation) => ofTwo(invocation, lesser),
  max_of: (invocation) => ofTwo(invocation, greater),
  round: (invocation) => {
    const nearest = invocation.call.args.length > 1 ? scalarArgument(invocation, 1) : null
    return vector(
      mapColumns(vectorArgument(invocation, 0), (value, index) => {
        // Multiplying by the inverse, as Prometheus does, keeps 0.1 steps free of residue.
        const inverse = 1 / (nearest?.[index] ?? 1)
        return Math.floor(value * inverse + 0.5) / inverse
      }),
    )
  },
}

/** One of two scalars, instant by instant. */
function ofTwo(invocation: Invocation, pick: (one: number, other: number) => number): Value {
  const others = scalarArgument(invocation, 1)
  const values = scalarArgument(invocation, 0).map((value, index) => pick(value, others[index] ?? 0))
  return { kind: 'scalar', values }
}
