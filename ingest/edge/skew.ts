import { Refusal } from './refusals.js'

/**
 * Refuses a signed time that is too far from ours, either way.
 *
 * @throws Refusal TIMESTAMP_SKEWED.
 */
export function checkSkew(name: string, ms: number, now: number, limitMs: number): void {
  const skew = ms - now
  if (Math.abs(skew) <= limitMs) return
  if (Math.abs(ms * 1000 - now) <= DAY_MS)
    throw new Refusal(
      'TIMESTAMP_SKEWED',
      `The time in ${name} looks like seconds; expected Unix milliseconds. Here it is ${Math.floor(now)}.`,
    )
  const found = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`
  throw new Refusal(
    'TIMESTAMP_SKEWED',
    `The time in ${name} is ${found}; expected at most ${limitMs / 1000} s. Here it is ${Math.floor(now)} in Unix milliseconds.`,
  )
}

/** Seconds that are within a day of ours are seconds: as milliseconds they would lie in January 1970. */
const DAY_MS = 86_400_000
