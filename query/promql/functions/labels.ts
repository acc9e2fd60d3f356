import { RegexError } from '../../regex/node.js'
import { isLabelName, labelOf, METRIC_NAME, withLabel } from '../label-set.js'
import { compilePattern, type Pattern } from '../pattern.js'
import { fault, stringOf } from '../scope.js'
import { type Column, joinColumns, type Value, vector } from '../value.js'
import { argument, type Builtins, type Invocation, vectorArgument } from './builtin.js'

/** Functions that rewrite labels. */
export const LABEL_FUNCTIONS: Builtins = { label_replace: labelReplace, label_join: labelJoin }

function labelReplace(invocation: Invocation): Value {
  const [target, replacement, origin, expression] = [1, 2, 3, 4].map((index) => text(invocation, index))
  const name = checkName(invocation, 1, target ?? '')
  const pattern = compile(invocation, expression ?? '')
  const columns = vectorArgument(invocation, 0).map((column) => {
    const groups = pattern.match(labelOf(column.labels, origin ?? ''))
    return groups === null ? column : relabel(column, name, expand(replacement ?? '', groups, pattern))
  })
  return joined(invocation, columns)
}

function labelJoin(invocation: Invocation): Value {
  const name = checkName(invocation, 1, text(invocation, 1))
  const separator = text(invocation, 2)
  const origins = invocation.call.args
    .slice(3)
    .map((_, index) => checkName(invocation, index + 3, text(invocation, index + 3)))
  const columns = vectorArgument(invocation, 0).map((column) =>
    relabel(column, name, origins.map((origin) => labelOf(column.labels, origin)).join(separator)),
  )
  return joined(invocation, columns)
}

/** Sets a label; a metric's name set on purpose stays. */
function relabel(column: Column, name: string, value: string): Column {
  const dropName = name === METRIC_NAME ? false : column.dropName
  return { ...column, labels: withLabel(column.labels, name, value), dropName }
}

function joined({ scope, call }: Invocation, columns: readonly Column[]): Value {
  return vector(
    joinColumns(columns, () => fault(scope, call.span, 'vector cannot contain metrics with the same labelset')),
  )
}

function text({ scope, frame, ...rest }: Invocation, index: number): string {
  return stringOf(scope, argument({ scope, frame, ...rest }, index), frame)
}

function checkName(invocation: Invocation, index: number, name: string): string {
  if (isLabelName(name)) return name
  throw fault(
    invocation.scope,
    argument(invocation, index).span,
    `invalid label name in ${invocation.call.name}: ${JSON.stringify(name)}`,
  )
}

function compile(invocation: Invocation, expression: string): Pattern {
  try {
    return compilePattern(expression)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    const span = argument(invocation, 4).span
    throw fault(invocation.scope, span, `invalid regular expression in label_replace: ${error.message}`)
  }
}

/** Fills `$1`, `${1}`, `$name` and `${name}` with captured texts as Go's `Expand` does; `$$` is a dollar sign. */
function expand(template: string, groups: readonly (string | null)[], pattern: Pattern): string {
  return template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar?: string, braced?: string, bare?: string) => {
    if (dollar !== undefined) return '$'
    const name = braced ?? bare ?? ''
    const number = /^\d+$/.test(name) ? Number(name) : pattern.groupNumbers.get(name)
    return number === undefined ? '' : (groups[number] ?? '')
  })
}
