import { describe, expect, it } from 'vitest'
import { ALERT_EXPRESSIONS, FUNCTION_CALLS } from '../../test/prometheus/alert-expressions.js'
import { alertWorld, samplesSource, WORLD_FIRST, WORLD_LAST } from '../../test/prometheus/alert-world.js'
import { comparedParts } from '../../test/prometheus/compared-parts.js'
import { parseError } from '../../test/promqltest/written.js'
import { children, type Expr } from './ast.js'
import { analysePromql, evaluateInstant, evaluateRange, type InstantResult, parsePromql } from './index.js'
import { SIGNATURES, UNSUPPORTED } from './signatures.js'

const ALL = Object.values(ALERT_EXPRESSIONS).flat()
const REFUSED = new Set(UNSUPPORTED.keys())
const EVALUATED = Object.entries(FUNCTION_CALLS).filter(([name]) => !REFUSED.has(name))
/** Off the grid of samples. */
const AT = WORLD_LAST - 607_000

const source = samplesSource(alertWorld('org', [...ALL, ...EVALUATED.map(([, call]) => call)]))

function callsIn(expr: Expr): string[] {
  const own = expr.kind === 'call' ? [expr.name] : expr.kind === 'aggregation' ? [expr.op] : []
  return [...own, ...children(expr).flatMap(callsIn)]
}

function count(result: InstantResult): number {
  return result.kind === 'vector' ? result.samples.length : 1
}

describe.each(Object.entries(ALERT_EXPRESSIONS))('alerts of %s', (_, expressions) => {
  it.each(expressions)('%s', async (expression) => {
    const query = parsePromql(expression)
    const { selectors, lookBackMs, lookAheadMs } = analysePromql(query)
    expect(selectors.every(({ matchers }) => matchers.length > 0)).toBe(true)
    expect([lookBackMs >= 0, lookAheadMs]).toEqual([true, 0])
    await evaluateInstant(query, { source, at: AT })
    const range = await evaluateRange(query, { source, start: AT - 600_000, end: AT, step: 60_000 })
    for (const { timestamps, values } of range.series) expect(timestamps.length).toBe(values.length)
  })
})

it('the alerts use what alerts use', () => {
  const used = new Set(ALL.flatMap((text) => callsIn(parsePromql(text).expr)))
  const functions = [...used].filter((name) => SIGNATURES.has(name))
  expect(ALL.length).toBeGreaterThanOrEqual(120)
  expect(functions.length).toBeGreaterThanOrEqual(50)
  const aggregations = [
    'avg',
    'bottomk',
    'count',
    'count_values',
    'group',
    'max',
    'min',
    'quantile',
    'stddev',
    'sum',
    'topk',
  ]
  expect([...used]).toEqual(expect.arrayContaining(aggregations))
})

it('what the alerts compare is there to be compared', async () => {
  const parts = ALL.flatMap(comparedParts)
  // The world is an hour long, and some of what alerts ask for is never there.
  const there = new Set(parts.filter((part) => !/offset 1[dwh]|none-such|gone/.test(part)))
  const silent: string[] = []
  for (const part of there) if (count(await evaluateInstant(part, { source, at: AT })) === 0) silent.push(part)
  expect(there.size).toBeGreaterThan(150)
  expect(silent).toEqual([])
})

describe('functions', () => {
  it('are all that Prometheus lists', () => {
    expect([...SIGNATURES.keys(), ...UNSUPPORTED.keys()].sort()).toEqual(
      [...Object.keys(FUNCTION_CALLS), 'start_timestamp'].sort(),
    )
  })

  it.each(EVALUATED)('%s is evaluated', async (name, call) => {
    expect(callsIn(parsePromql(call).expr)).toContain(name)
    expect(count(await evaluateInstant(call, { source, at: AT }))).toBeGreaterThan(0)
    await evaluateRange(call, { source, start: WORLD_FIRST, end: AT, step: 300_000 })
  })

  it.each([...REFUSED])('%s is refused by name', (name) => {
    expect(parseError(FUNCTION_CALLS[name] ?? `${name}(queue_depth)`).message).toContain(name)
  })

  it.each([
    ['avg_overtime(x[5m])', 'avg_overtime', 'avg_over_time'],
    ['sum(rte(x[5m]))', 'rte', 'rate'],
    ['RATE(x[5m])', 'RATE', 'rate'],
    ['histogram_percentile(0.9, x)', 'histogram_percentile', 'histogram_quantile'],
    ['countvalues("v", x)', 'countvalues', 'count_values'],
    ['averge(x)', 'averge', null],
    ['moving_average(x[5m])', 'moving_average', null],
    ['foo(x)', 'foo', null],
  ])('%s is refused, with the name that may be meant', (text, name, meant) => {
    const { message } = parseError(text)
    expect(message).toContain(`the unknown function "${name}"`)
    if (meant === null) expect(message).not.toContain('such as')
    else expect(message).toContain(`such as "${meant}"`)
  })
})
