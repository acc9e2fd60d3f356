import { describe, expect, it } from 'vitest'
import { written } from '../../../test/promqltest/written.js'
import { evaluateInstant, evaluateRange } from '../index.js'

describe('counts of buckets that fall', () => {
  const source = written(
    '1m',
    'h_bucket{le="1"} 5 9',
    'h_bucket{le="2"} 3 8',
    'h_bucket{le="4"} 4 9',
    'h_bucket{le="+Inf"} 6 9',
  )
  const sentence =
    'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "h_bucket"'

  it('are told with their bounds and how far they fell', async () => {
    const { infos } = await evaluateInstant('histogram_quantile(0.5, h_bucket)', { source, at: 1_500 })
    const details =
      'from buckets 2 to 4, with a max diff of 2, over 1 samples from 1970-01-01T00:00:01Z to 1970-01-01T00:00:01Z'
    expect(infos).toEqual([`${sentence}, ${details} (1:25)`])
  })

  it('are told once for all instants', async () => {
    const query = 'histogram_quantiles(h_bucket, "q", 0.5, 0.9)'
    const { infos } = await evaluateRange(query, { source, start: 0, end: 60_000, step: 60_000 })
    const details =
      'from buckets 2 to 4, with a max diff of 2, over 4 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z'
    expect(infos).toEqual([`${sentence}, ${details} (1:21)`])
  })

  it.each([
    'histogram_quantile(NaN, h_bucket)',
    'histogram_quantile(0.5, h_bucket * 0)',
    'histogram_fraction(0, 1, h_bucket)',
  ])('are not told where they play no part: %s', async (query) =>
    expect((await evaluateInstant(query, { source, at: 0 })).infos).toEqual([]),
  )

  it.each([
    [1e7, '1e+07'],
    [0.25, '0.25'],
    [12.3, '12'],
    [0.000012, '1.2e-05'],
  ])('by %d are printed with two digits', async (difference, printed) => {
    const fell = written('1m', `h_bucket{le="1"} ${2 * difference}`, `h_bucket{le="+Inf"} ${difference}`)
    const { infos } = await evaluateInstant('histogram_quantile(0.5, h_bucket)', { source: fell, at: 0 })
    expect(infos).toEqual([expect.stringContaining(`from buckets +Inf to +Inf, with a max diff of ${printed}, over`)])
  })
})
