import fc from 'fast-check'

/*
 * PromQL that Prometheus 2 and 3 answer alike over samples that no whole second meets: windows of selectors are whole
 * seconds long; those of subqueries are not, since the versions differ in whether a window holds its left edge. No label
 * function reads a metric's name, which version 3 may drop later.
 */

type Text = fc.Arbitrary<string>

const pick = (...texts: string[]): Text => fc.constantFrom(...texts)

/** Parts put together; what stands between them is given as in a template literal. */
function text(strings: TemplateStringsArray, ...parts: Text[]): Text {
  return fc.tuple(...parts).map((found) => strings.map((string, index) => string + (found[index] ?? '')).join(''))
}

const shift = fc.oneof(
  { weight: 8, arbitrary: pick('') },
  { weight: 1, arbitrary: pick(' offset 1m', ' offset -2m', ' offset 37s', ' offset 7m') },
  {
    weight: 1,
    arbitrary: pick(' @ start()', ' @ end()', ' @ 1772364600', ' @ 1772366000 offset 90s', ' offset 1m @ end()'),
  },
)

const gauge = pick(
  'g',
  'g{a="x"}',
  'g{a!="y"}',
  'g{b=~"1|3"}',
  'g{a!~"x|z",b="2"}',
  'lone',
  'one',
  'nothing',
  '{a="x",b="1"}',
)
const counter = pick(
  'c_total',
  'c_total{a="x"}',
  'r_total',
  'r_total{b="2"}',
  'c_total{a=~"x|y",b="1"}',
  'h_bucket{a="x"}',
)
const selector = fc.oneof({ weight: 3, arbitrary: gauge }, { weight: 1, arbitrary: counter })
const shifted = text`${selector}${shift}`
/** `timestamp` forgets an offset beside `@`. */
const moved = text`${selector}${pick('', ' offset 37s', ' @ end()')}`
const range = pick('[31s]', '[2m]', '[5m]', '[11m]')
const step = pick('', '7s', '15s', '1m')
const counts = text`${counter}${range}${shift}`

const number = pick('0', '1', '2', '-3', '0.5', '10', 'NaN', 'Inf', '-Inf', '1e6')
const small = pick('0.5', '1', '2', '3', '-1')
const phi = pick('0', '0.25', '0.5', '0.9', '1', '-1', '2')

const OVER_TIME = 'avg count last max min present stddev stdvar sum'.split(' ').map((name) => `${name}_over_time`)
const EACH = 'abs acosh asinh atan ceil deg exp floor ln log10 log2 rad sgn sort sort_desc sqrt tanh'.split(' ')
const DATES = 'day_of_month day_of_week day_of_year days_in_month hour minute month year'.split(' ')

const grouping = pick(
  '',
  '',
  ' by (a)',
  ' by (b, a)',
  ' without (b)',
  ' by (nothing)',
  ' without (a, le)',
  ' by (team, le)',
)
const oneToOne = pick('', '', ' on (a, b)', ' ignoring (le, team)', ' on (a)')
const arithmetic = pick('+', '-', '*', '/')
const comparison = pick('==', '!=', '>', '<', '>=', '<=', '> bool', '== bool', '<= bool')
const operator = fc.oneof({ weight: 2, arbitrary: arithmetic }, { weight: 1, arbitrary: comparison })
const set = pick('and', 'or', 'unless')
const many = pick(' on (a) group_left ', ' on (a) group_left (team) ', ' ignoring (b, le, team) group_left ')

const scalars = new Map<number, Text>()
const vectors = new Map<number, Text>()

function scalar(depth: number): Text {
  if (depth <= 0) return fc.oneof(number, pick('(time() % 1000)', 'pi()'))
  const known = scalars.get(depth)
  if (known !== undefined) return known
  const inner = scalar(depth - 1)
  const made = fc.oneof(
    number,
    text`(${inner} ${arithmetic} ${inner})`,
    text`(${inner} atan2 ${inner})`,
    text`-${inner}`,
    text`scalar(${vector(depth - 1)})`,
    text`(${inner} ${pick('> bool', '!= bool')} ${inner})`,
  )
  scalars.set(depth, made)
  return made
}

/** An expression that gives an instant vector. */
export function vector(depth: number): Text {
  if (depth <= 0) return shifted
  const known = vectors.get(depth)
  if (known !== undefined) return known
  const inner = vector(depth - 1)
  const samples = fc.oneof(
    { weight: 3, arbitrary: text`${selector}${range}${shift}` },
    { weight: 1, arbitrary: text`(${inner})[${pick('2m333ms', '6m333ms')}:${step}]${shift}` },
  )
  const countable = fc.oneof(
    { weight: 3, arbitrary: counts },
    { weight: 1, arbitrary: text`${counter}[6m333ms:${step}]` },
  )
  const made = fc.oneof(
    { weight: 2, arbitrary: shifted },
    { weight: 3, arbitrary: text`${pick(...OVER_TIME)}(${samples})` },
    { weight: 2, arbitrary: text`${pick('rate', 'increase', 'irate', 'resets')}(${countable})` },
    {
      weight: 2,
      arbitrary: text`${pick('changes', 'delta', 'deriv', 'idelta', 'resets', 'absent_over_time')}(${samples})`,
    },
    { weight: 1, arbitrary: text`quantile_over_time(${phi}, ${samples})` },
    { weight: 1, arbitrary: text`predict_linear(${selector}${range}${pick('', ' offset 1m')}, ${pick('60', '-600')})` },
    { weight: 1, arbitrary: text`holt_winters(${samples}, 0.3, 0.6)` },
    { weight: 3, arbitrary: text`${pick(...EACH)}(${inner})` },
    { weight: 1, arbitrary: text`${pick('round', 'clamp_min', 'clamp_max')}(${inner}, ${scalar(depth - 1)})` },
    { weight: 1, arbitrary: text`clamp(${inner}, ${scalar(depth - 1)}, ${scalar(depth - 1)})` },
    { weight: 1, arbitrary: text`timestamp(${fc.oneof(moved, text`(${inner} + 0)`)})` },
    {
      weight: 1,
      arbitrary: text`${pick(...DATES)}(${fc.oneof(
        pick(''),
        text`timestamp(${moved})`,
        text`${counts}`.map((range) => `last_over_time(${range})`),
      )})`,
    },
    { weight: 1, arbitrary: text`${pick('-', '+')}${shifted}` },
    { weight: 1, arbitrary: text`vector(${scalar(depth - 1)})` },
    { weight: 1, arbitrary: text`absent(${inner})` },
    {
      weight: 1,
      arbitrary: text`label_replace(${inner}, "${pick('n', 'a')}", "${pick('$1', 'q$1', '')}", "${pick('a', 'b', 'none')}", "${pick('(.*)', '([xy])', '(.+)')}")`,
    },
    { weight: 1, arbitrary: text`label_join(${inner}, "${pick('n', 'b')}", "-", "a", "le")` },
    {
      weight: 1,
      arbitrary: text`histogram_quantile(${phi}, ${pick('h_bucket', 'rate(h_bucket[5m])', 'sum by (le) (h_bucket)', 'sum without (a) (rate(h_bucket[2m]))', 'g')})`,
    },
    {
      weight: 4,
      arbitrary: text`${pick('sum', 'avg', 'min', 'max', 'count', 'group')}${grouping} (${inner})`,
    },
    // Of one value that is not finite version 2 makes no deviation; it keeps a name beside atan2.
    { weight: 1, arbitrary: text`${pick('stddev', 'stdvar')}${grouping} (${inner} > -1e9 < 1e9)` },
    { weight: 1, arbitrary: text`sum by (a, b) (${inner} atan2${oneToOne} ${inner})` },
    {
      weight: 2,
      // Which of equals it takes is left open.
      arbitrary: text`${pick('topk', 'bottomk')}${grouping} (${small}, ${pick('deriv', 'rate', 'sum_over_time')}(c_total[11m]${shift}))`,
    },
    { weight: 1, arbitrary: text`quantile${grouping} (${phi}, ${inner})` },
    { weight: 1, arbitrary: text`count_values${grouping} ("${pick('v', 'a')}", round(clamp(${inner}, -1e9, 1e9)))` },
    { weight: 3, arbitrary: text`(${inner} ${operator} ${scalar(depth - 1)})` },
    // What is far from zero would leave these with rounding alone.
    { weight: 1, arbitrary: text`(${selector} % ${pick('7', '-0.75', 'Inf', '0')})` },
    { weight: 1, arbitrary: text`(${selector} ^ ${pick('2', '0.5', '-1', '0', 'NaN')})` },
    { weight: 1, arbitrary: text`${pick('cos', 'cosh', 'sin', 'sinh', 'tan')}(clamp(${inner}, -20, 20))` },
    { weight: 2, arbitrary: text`(${scalar(depth - 1)} ${operator} ${inner})` },
    { weight: 3, arbitrary: text`(${inner} ${operator}${oneToOne} ${inner})` },
    {
      weight: 2,
      arbitrary: text`(${inner} ${operator}${many}${pick('one', 'sum by (a) (g)', 'max by (a) (c_total)')})`,
    },
    { weight: 3, arbitrary: text`(${inner} ${set}${oneToOne} ${inner})` },
  )
  vectors.set(depth, made)
  return made
}

/** An expression that a query may ask. */
export const expression: Text = fc.oneof(
  { weight: 6, arbitrary: vector(2) },
  { weight: 2, arbitrary: vector(3) },
  { weight: 1, arbitrary: scalar(2) },
)

const NEW_OVER_TIME = ['first', 'mad', 'ts_of_first', 'ts_of_last', 'ts_of_max', 'ts_of_min'].map(
  (name) => `${name}_over_time`,
)
const widened = text`${counter}${pick('[31s]', '[2m]', '[1m * 2 + 30s]', '[max_of(1m, 90s)]')} ${pick('anchored', 'smoothed')}${pick('', ' offset 37s', ' @ 1772364600')}`
const filled = pick(' fill (0) ', ' fill_left (1) ', ' fill_right (NaN) ', ' fill_left (1) fill_right (2) ')

/** An expression that version 2 does not know. */
export const newExpression: Text = fc.oneof(
  text`${pick(...NEW_OVER_TIME)}(${selector}${range}${shift})`,
  text`${pick('rate', 'increase', 'delta')}(${widened})`,
  text`${pick('changes', 'resets')}(${counter}${range} anchored)`,
  text`abs(${selector} smoothed${pick('', ' offset 37s', ' @ 1772364600')})`,
  text`limitk${grouping} (${pick('0', '1', '3')}, ${shifted})`,
  text`limit_ratio (${pick('0.3', '-0.7', '1')}, ${vector(1)})`,
  text`(${vector(1)} ${operator}${pick('', ' on (a, b)')}${filled}${vector(1)})`,
  text`(${vector(1)} ${operator} on (a) group_left (team)${filled}one)`,
  text`info(${vector(1)}, {__name__="one", team=~".+"})`,
  text`double_exponential_smoothing(${selector}${range}, 0.3, 0.6)`,
  text`histogram_quantiles(${pick('h_bucket', 'sum by (le) (h_bucket)')}, "q", 0.5, ${phi})`,
  text`(${vector(1)} * max_of(2, ${scalar(1)}))`,
)
