import { expect, test } from 'vitest'
import { DurationHistogram, exposition } from './exposition.js'

test('a family is its help, its type and its series; one without series is not shown', () => {
  const text = exposition([
    {
      name: 'a_total',
      type: 'counter',
      help: 'What it is.',
      samples: [{ labels: { path: 'C:\\x "y"\n', kind: 'b' }, value: 3 }],
    },
    { name: 'nothing', type: 'gauge', help: 'Nothing.', samples: [] },
    {
      name: 'b',
      type: 'gauge',
      help: 'Another.',
      samples: [{ value: Number.POSITIVE_INFINITY }, { value: Number.NaN }],
    },
  ])
  expect(text).toBe(
    '# HELP a_total What it is.\n# TYPE a_total counter\na_total{path="C:\\\\x \\"y\\"\\n",kind="b"} 3\n' +
      '# HELP b Another.\n# TYPE b gauge\nb +Inf\nb NaN\n',
  )
})

test('buckets are cumulative and end with all', () => {
  const histogram = new DurationHistogram([0.1, 1], 'signal')
  for (const seconds of [0.1, 0.5, 2]) histogram.observe('logs', seconds)
  expect(exposition([{ name: 'x', type: 'histogram', help: 'X.', samples: histogram.samples() }])).toBe(
    '# HELP x X.\n# TYPE x histogram\nx_bucket{signal="logs",le="0.1"} 1\nx_bucket{signal="logs",le="1"} 2\n' +
      'x_bucket{signal="logs",le="+Inf"} 3\nx_sum{signal="logs"} 2.6\nx_count{signal="logs"} 3\n',
  )
})
