import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../package-root.js'
import { credential, openTestEdge } from '../../test/ingest-edge.js'

const page = ['ingest.md', 'protocols.md']
  .map((name) => readFileSync(join(packageRoot(), 'docs', name), 'utf8'))
  .join('\n')
const PATHS: Record<string, string> = {
  logs: '/v1/logs',
  metrics: '/v1/metrics',
  spans: '/v1/traces',
  events: '/v1/rum',
}
const examples = [...page.matchAll(/^```json\n(\{"(logs|metrics|spans|events)": [\s\S]+?)\n```$/gm)]

test('the pages of the wire have an example of every signal', () => {
  expect(new Set(examples.map(([, , list]) => list))).toEqual(new Set(Object.keys(PATHS)))
})

test.each(examples.map(([, body = '', list = '']) => [list, body] as const))(
  'their example of %s is taken',
  async (list, body) => {
    const edge = await openTestEdge({ keys: [credential({ signals: ['logs', 'metrics', 'spans', 'rum'] })] })
    onTestFinished(() => edge.close())
    edge.clock.at = Date.UTC(2026, 0, 5, 12, 0, 1)
    const answer = await edge.post({ path: PATHS[list] ?? '', body })
    expect([answer.status, answer.json.error]).toEqual([202, undefined])
  },
)
