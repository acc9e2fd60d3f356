export const RATINGS = ['good', 'needs-improvement', 'poor'] as const
export type Rating = (typeof RATINGS)[number]

/**
 * Web vitals, with the values up to which they are good and up to which they need improvement: milliseconds, CLS without
 * a unit. Source: web.dev/articles/vitals, and web.dev/articles/{ttfb,fcp,fid} for the last three.
 */
export const VITALS: Readonly<Record<string, readonly [good: number, needsImprovement: number]>> = {
  LCP: [2_500, 4_000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  TTFB: [800, 1_800],
  FCP: [1_800, 3_000],
  FID: [100, 300],
}

/** The rating of a vital's value; null for a metric that is none. */
export function ratingOf(metric: string, value: number): Rating | null {
  const bounds = Object.hasOwn(VITALS, metric) ? VITALS[metric] : undefined
  if (bounds === undefined) return null
  return value <= bounds[0] ? 'good' : value <= bounds[1] ? 'needs-improvement' : 'poor'
}

/** What vitals can be grouped by. */
export const RUM_DIMENSIONS = ['PAGE', 'COUNTRY', 'BROWSER', 'OS', 'DEVICE'] as const
export type RumDimension = (typeof RUM_DIMENSIONS)[number]
