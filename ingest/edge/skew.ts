import { Refusal } from './refusals.js'

/**
 * Refuses a signed time that is too far from ours, either way.
 *
 * @throws Refusal TIMESTAMP_SKEWED.
 */
export function checkSkew(name: string, ms: number, now: number, limitMs: number): void {
  const skew = ms - now
  if (Math.abs(skew) <= limitMs) return
  const found = `${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`
  throw new Refusal(
    'TIMESTAMP_SKEWED',
    `The time in ${name} is ${found}; expected at most ${limitMs / 1000} s. Here it is ${Math.floor(now)} in Unix milliseconds.`,
  )
}
