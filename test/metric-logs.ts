import { expect } from 'vitest'
import { compileLogMetric, createParamSink, type MetricGrid, parseLogMetric } from '../query/logql/index.js'
import type { LogTable, TestLog } from './chdb-logs.js'

/** Unix ms of the latest time that is asked for; logs stand at seconds before it. */
export const NOW = 1_750_000_000_000
/** One answer, at NOW. */
export const AT_NOW: MetricGrid = { start: NOW, end: NOW, step: 0 }
/** Answers at NOW − 60 s, − 40 s, − 20 s and NOW. */
export const EVERY_20S: MetricGrid = { start: NOW - 60_000, end: NOW, step: 20_000 }

type Line = Partial<Omit<TestLog, 'ts'>>
const ago = (seconds: number, log: Line): Partial<TestLog> => ({
  ...log,
  ts: BigInt(NOW - seconds * 1000) * 1_000_000n,
})

/** The lines of an org `org_test`, and one of another. */
export const METRIC_LOGS: readonly Partial<TestLog>[] = [
  ago(10, {
    service: 'api',
    level: 'info',
    message: 'GET /users 200',
    attributes: { status: 200, took: '12ms', size: '1KB', host: 'a' },
  }),
  ago(20, {
    service: 'api',
    level: 'error',
    message: 'GET /users 500',
    attributes: { status: 500, took: '1.5s', size: '2KiB', host: 'a' },
  }),
  ago(30, {
    service: 'api',
    level: 'info',
    message: 'POST /orders 201',
    attributes: { status: 201, took: '250ms', size: '10B', host: 'b' },
  }),
  ago(40, { service: 'web', level: 'warn', message: 'slow', attributes: { n: 4, host: 'b' } }),
  ago(50, { service: 'web', level: 'info', message: 'quick', attributes: { n: 1, host: 'a' } }),
  ago(100, { service: 'web', level: 'info', message: 'old', attributes: { n: 7, host: 'a' } }),
  ago(15, {
    service: 'js',
    message:
      '{"level":"warn","status":503,"req":{"path":"/a","ms":12.5,"deep":{"er":"x"}},"tags":["x","y"],"nil":null,"user":"ann","service":"inner"}',
  }),
  ago(25, {
    service: 'js',
    message:
      '{"status":200,"req":{"path":"/b","ms":7.5},"user":"bob \\"the\\" b\\u00e9","ok":true,"user":"twice","a-b":"dash"}',
  }),
  ago(35, { service: 'js', message: 'not json' }),
  ago(12, { service: 'fmt', message: 'level=warn msg="two words" took=10ms size=5KB n=3' }),
  ago(22, { service: 'fmt', message: 'msg="say \\"hi\\"" n=2 took=20ms flag bad=a=b =x empty=' }),
  ago(32, { service: 'fmt', message: 'plain text n=5 http.method=GET' }),
  ago(14, { service: 'nginx', message: '10.0.0.1 - GET /a 200 12' }),
  ago(24, { service: 'nginx', message: '10.0.0.2 - POST /b 404 7' }),
  ago(34, { service: 'nginx', message: 'garbage' }),
  ago(0, { service: 'edge', message: 'now' }),
  ago(60, { service: 'edge', message: 'a minute ago' }),
  { ...ago(10, { service: 'api', message: 'of another org' }), orgId: 'org_other' },
]

/** Series of an answer: labels, then the value at each step, `-` where there is none. */
export async function metricAnswer(table: LogTable, query: string, grid: MetricGrid): Promise<string[]> {
  const params = createParamSink()
  const where = `org_id = ${params.text('org_test')}`
  const sql = compileLogMetric(parseLogMetric(query), { where, grid, params })
  const rows = await table.select<{ t: number; labels: Record<string, string>; v: string }>(
    `SELECT toUInt32((t - ${grid.start}) / ${Math.max(1, grid.step)}) AS t, labels, toString(v) AS v FROM (${sql})`,
    params.values,
  )
  const steps = grid.step === 0 ? 1 : (grid.end - grid.start) / grid.step + 1
  const series = new Map<string, string[]>()
  for (const { t, labels, v } of rows) {
    const name = `{${Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',')}}`
    const values = series.get(name) ?? Array.from({ length: steps }, () => '-')
    expect(values[t]).toBe('-')
    values[t] = v.endsWith('inf') ? v : String(Number(Number(v).toPrecision(12)))
    series.set(name, values)
  }
  return [...series].map(([name, values]) => `${name} ${values.join(' ')}`).sort()
}
