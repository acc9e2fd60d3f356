import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import { AT_NOW, EVERY_20S, METRIC_LOGS, metricAnswer } from '../../test/metric-logs.js'
import { compileLogMetric, createParamSink, parseLogMetric } from './index.js'

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
  await table.insert(METRIC_LOGS)
})
afterAll(() => table.close())

/** A query and its answer at NOW. */
const AT_ONCE: readonly (readonly [query: string, expected: readonly string[]])[] = [
  // Vector aggregations
  ['avg(count_over_time({service=~"web|edge"}[2m]))', ['{} 1.25']],
  ['max by (service) (count_over_time({service=~"web|edge"}[2m]))', ['{service=edge} 2', '{service=web} 1']],
  ['min(count_over_time({service=~"web|edge"}[2m]))', ['{} 1']],
  ['count(count_over_time({service=~"web|edge"}[2m]))', ['{} 4']],
  ['count by (service) (count_over_time({service=~"web|edge"}[2m]))', ['{service=edge} 1', '{service=web} 3']],
  ['stdvar(sum by (service) (count_over_time({service=~"web|edge"}[2m])))', ['{} 0.25']],
  ['stddev(sum by (service) (count_over_time({service=~"web|edge"}[2m])))', ['{} 0.5']],
  [
    'sum without (n, level) (count_over_time({service="web"}[2m]))',
    ['{host=a,service=web} 2', '{host=b,service=web} 1'],
  ],
  ['topk(1, sum by (service) (count_over_time({service=~"web|edge"}[2m])))', ['{service=web} 3']],
  ['bottomk(1, sum by (service) (count_over_time({service=~"web|edge"}[2m])))', ['{service=edge} 2']],
  [
    'topk(2, sum by (service) (count_over_time({service=~"api|web|edge"}[2m])))',
    ['{service=api} 3', '{service=web} 3'],
  ],
  ['topk by (service) (1, sum by (service, host) (count_over_time({service="web"}[2m])))', ['{host=a,service=web} 2']],
  ['sum(sum by (service) (count_over_time({service=~"web|edge"}[2m])))', ['{} 5']],
  // Operations
  ['1 + 2 * 3 ^ 2 - 4', ['{} 15']],
  ['2 ^ 3 ^ 2', ['{} 512']],
  ['(1 + 2) * 3', ['{} 9']],
  ['10 - 2 - 3', ['{} 5']],
  ['-1 * 5', ['{} -5']],
  ['1 > 2', ['{} 0']],
  ['vector(3)', ['{} 3']],
  ['vector(3) + 1', ['{} 4']],
  ['sum(count_over_time({service="api"}[1m])) * 2', ['{} 6']],
  ['10 - sum(count_over_time({service="api"}[1m]))', ['{} 7']],
  ['sum(count_over_time({service="api"}[1m])) % 2', ['{} 1']],
  ['sum(count_over_time({service="api"}[1m])) ^ 2', ['{} 9']],
  ['sum(count_over_time({service="api"}[1m])) / 0', ['{} inf']],
  ['sum by (service) (count_over_time({service=~"api|web"}[1m])) > 2', ['{service=api} 3']],
  ['sum by (service) (count_over_time({service=~"api|web"}[1m])) > bool 2', ['{service=api} 1', '{service=web} 0']],
  ['2 < sum by (service) (count_over_time({service=~"api|web"}[1m]))', ['{service=api} 3']],
  ['sum by (service) (count_over_time({service=~"api|web"}[1m])) == 2', ['{service=web} 2']],
  ['sum by (service) (count_over_time({service=~"api|web"}[1m])) != 2', ['{service=api} 3']],
  ['sum(count_over_time({level="error"}[1m])) / sum(count_over_time({service="api"}[1m]))', ['{} 0.333333333333']],
  [
    'sum(count_over_time({level="error"}[1m])) / sum(count_over_time({service="api"}[1m])) > 0.1',
    ['{} 0.333333333333'],
  ],
  ['1 - sum(count_over_time({level="error"}[1m])) / sum(count_over_time({service="api"}[1m])) * 3', ['{} 0']],
  [
    'sum by (service) (count_over_time({level="info"}[1m])) / sum by (service) (count_over_time({}[1m]))',
    ['{service=api} 0.666666666667', '{service=web} 0.5'],
  ],
  [
    'sum by (service, host) (count_over_time({service="api"}[1m])) / on (service) group_left () sum by (service) (count_over_time({}[1m]))',
    ['{host=a,service=api} 0.666666666667', '{host=b,service=api} 0.333333333333'],
  ],
  [
    'sum by (service) (count_over_time({}[1m])) * on (service) group_right () sum by (service, host) (count_over_time({service="api"}[1m]))',
    ['{host=a,service=api} 6', '{host=b,service=api} 3'],
  ],
  [
    'sum by (host) (count_over_time({service="web"}[2m])) + ignoring (service) sum by (service) (count_over_time({service="edge"}[2m]))',
    [],
  ],
  [
    'sum by (service) (count_over_time({service="api"}[1m])) + ignoring (service) sum(count_over_time({service="edge"}[2m]))',
    ['{} 5'],
  ],
  [
    'sum by (service) (count_over_time({service="api"}[1m])) + on () sum(count_over_time({service="edge"}[2m]))',
    ['{} 5'],
  ],
  [
    'sum by (host) (count_over_time({service="api"}[1m])) * on (host) group_left (level) sum by (host, level) (count_over_time({service="web"}[1m]))',
    ['{host=a,level=info} 2', '{host=b,level=warn} 1'],
  ],
  [
    'sum by (service) (count_over_time({service=~"api|web"}[1m])) and sum by (service) (count_over_time({service="web"}[1m]))',
    ['{service=web} 2'],
  ],
  [
    'sum by (service) (count_over_time({service=~"api|web"}[1m])) unless sum by (service) (count_over_time({service="web"}[1m]))',
    ['{service=api} 3'],
  ],
  [
    'sum by (service) (count_over_time({service="api"}[1m])) or sum by (service) (count_over_time({service=~"api|web"}[10m]))',
    ['{service=api} 3', '{service=web} 3'],
  ],
  ['sum(count_over_time({service="nobody"}[1m])) or vector(0)', ['{} 0']],
  ['sum by (host) (count_over_time({service="api"}[1m])) and on () vector(1)', ['{host=a} 2', '{host=b} 1']],
  [
    'sum by (service) (count_over_time({service=~"api|web"}[1m])) > sum by (service) (count_over_time({service=~"api|web"}[1m] offset 1m))',
    ['{service=web} 2'],
  ],
  [
    'label_replace(sum by (service) (count_over_time({service="api"}[1m])), "name", "$1-x", "service", "(a).*")',
    ['{name=a-x,service=api} 3'],
  ],
  [
    'label_replace(sum by (service) (count_over_time({service="api"}[1m])), "name", "$first$$", "service", "(?P<first>..).*")',
    ['{name=ap$,service=api} 3'],
  ],
  [
    'label_replace(sum by (service) (count_over_time({service="api"}[1m])), "name", "$1", "service", "p")',
    ['{service=api} 3'],
  ],
  ['label_replace(sum by (service) (count_over_time({service="api"}[1m])), "service", "", "service", ".*")', ['{} 3']],
]

/** A query and its answer at NOW − 60 s, − 40 s, − 20 s and NOW. */
const OVER_TIME: readonly (readonly [query: string, expected: readonly string[]])[] = [
  ['sum(count_over_time({service="api"}[20s]))', ['{} - - 2 1']],
  ['sum(count_over_time({service="api"}[40s]))', ['{} - - 2 3']],
  ['sum(count_over_time({service="web"}[20s]))', ['{} - 2 - -']],
  ['sum by (host) (count_over_time({service="web"}[1m]))', ['{host=a} 1 1 1 1', '{host=b} - 1 1 1']],
  ['sum(count_over_time({service="edge"}[20s]))', ['{} 1 - - 1']],
  ['sum(count_over_time({service="edge"}[5s]))', ['{} 1 - - 1']],
  ['sum(count_over_time({service="api"}[20s] offset 20s))', ['{} - - - 2']],
  ['max(max_over_time({service="web"} | unwrap n [1m]))', ['{} 7 4 4 4']],
  ['absent_over_time({service="api"}[20s])', ['{service=api} 1 1 - -']],
  ['vector(2)', ['{} 2 2 2 2']],
  ['sum(count_over_time({service="api"}[20s])) or vector(0)', ['{} 0 0 2 1']],
  ['sum(count_over_time({service="api"}[20s])) / sum(count_over_time({}[20s]))', ['{} - - 0.25 0.2']],
  [
    'topk(1, sum by (service) (count_over_time({service=~"api|web"}[20s])))',
    ['{service=api} - - 2 1', '{service=web} - 2 - -'],
  ],
]

describe('a metric query', () => {
  it.each(AT_ONCE)('%s', async (query, expected) => {
    expect(await metricAnswer(table, query, AT_NOW)).toEqual([...expected].sort())
  })

  it.each(OVER_TIME)('%s over time', async (query, expected) => {
    expect(await metricAnswer(table, query, EVERY_20S)).toEqual([...expected].sort())
  })

  it('puts no text of the query into the SQL', () => {
    const query = `label_replace(sum by (sneaky) (sum_over_time({sneaky="sneaky"} |= "sneaky" | json sneaky="sneaky" | logfmt sneaky="sneaky"
      | regexp "(?P<sneaky>.)" | pattern "sneaky <sneaky> sneaky" | label_format sneaky="sneaky {{.sneaky}}", b=sneaky | line_format "sneaky"
      | drop sneaky="sneaky" | unwrap bytes(sneaky) | sneaky="sneaky" [1m])) + on (sneaky) group_left (sneaky) absent_over_time({sneaky="sneaky"}[1m]),
      "sneaky", "sneaky", "sneaky", "sneaky")`
    const sql = compileLogMetric(parseLogMetric(query), { where: 'true', grid: AT_NOW, params: createParamSink() })
    expect(sql).not.toContain('sneaky')
  })

  it('says that one side has several series where one was expected', async () => {
    const many = 'sum by (host) (count_over_time({service="api"}[1m]))'
    await expect(metricAnswer(table, `vector(1) * on () ${many}`, AT_NOW)).rejects.toThrow('several series')
    await expect(metricAnswer(table, `${many} * on () vector(1)`, AT_NOW)).rejects.toThrow('several series')
  })

  it('refuses a grid of too many steps', () => {
    const grid = { start: 0, end: 11_000_000, step: 1_000 }
    const expr = parseLogMetric('vector(1)')
    expect(() => compileLogMetric(expr, { where: 'true', grid, params: createParamSink() })).toThrow('at most 11000')
  })
})
