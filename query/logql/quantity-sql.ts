import type { ParamSink } from './param-sink.js'
import { BYTES_FORM, BYTES_UNITS, DURATION_FORM, DURATION_NS, DURATION_PART, NUMBER_FORM } from './quantity.js'
import type { Quantity, QuantityMatcher } from './selector.js'

/** A comparison of a label, given as a String expression, read as a quantity; false where it cannot be read. */
export function quantityComparisonSql(matcher: QuantityMatcher, label: string, params: ParamSink): string {
  const { readable, value } = quantitySql(matcher.as, `CAST(${label}, 'String')`, params)
  const op = matcher.op === '==' ? '=' : matcher.op
  return `(${readable} AND ${value} ${op} ${params.number(matcher.value)})`
}

/** Where a text is a quantity, and its value there as a Float64. Both follow readQuantity. */
export function quantitySql(as: Quantity, text: string, params: ParamSink): { readable: string; value: string } {
  switch (as) {
    case 'number':
      return { readable: `match(${text}, ${params.text(NUMBER_FORM)})`, value: `toFloat64OrZero(${text})` }
    case 'duration': {
      const parts = `extractAllGroupsVertical(${text}, ${params.text(DURATION_PART)})`
      const sum = `arraySum(part -> toFloat64OrZero(part[1]) * ${unitSql('part[2]', DURATION_NS)}, ${parts})`
      return {
        readable: `(${text} = '0' OR match(${text}, ${params.text(DURATION_FORM)}))`,
        value: `(if(startsWith(${text}, '-'), -1., 1.) * ${sum})`,
      }
    }
    case 'bytes': {
      const groups = `extractGroups(${text}, ${params.text(BYTES_FORM)})`
      return {
        readable: `match(${text}, ${params.text(BYTES_FORM)})`,
        value: `(toFloat64OrZero(${groups}[1]) * ${unitSql(`lower(${groups}[2])`, BYTES_UNITS)})`,
      }
    }
  }
}

function unitSql(unit: string, sizes: Readonly<Record<string, number>>): string {
  const names = Object.keys(sizes).map((name) => `'${name}'`)
  const factors = Object.values(sizes).map((size) => `toFloat64(${size})`)
  return `transform(${unit}, [${names.join(', ')}], [${factors.join(', ')}], toFloat64(1))`
}
