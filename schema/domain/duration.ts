import { z } from 'zod'

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
]

const FORM = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/

/** Milliseconds of a duration written as `90s`, `5m`, `1h30m`, `30d` or `2w`; null for any other text. */
export function parseDuration(text: string): number | null {
  const match = FORM.exec(text)
  if (text === '' || match === null) return null
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  const total =
    (weeks ?? 0) * 604_800_000 +
    (days ?? 0) * 86_400_000 +
    (hours ?? 0) * 3_600_000 +
    (minutes ?? 0) * 60_000 +
    (seconds ?? 0) * 1_000
  return Number.isSafeInteger(total) ? total : null
}

/** A duration in its shortest exact form (`90s` is `1m30s`); milliseconds below a second are cut. Zero is `0s`. */
export function formatDuration(ms: number): string {
  let rest = Math.floor(ms / 1000) * 1000
  let text = ''
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0s' : text
}

/** A duration between two bounds (both included, in ms), parsed to milliseconds. */
export function durationSchema(minimum: number, maximum: number) {
  return z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms === null) {
      context.addIssue({
        code: 'custom',
        message: `"${text}" is no duration; expected a form such as 90s, 5m or 1h30m`,
      })
      return z.NEVER
    }
    if (ms < minimum || ms > maximum) {
      context.addIssue({
        code: 'custom',
        message: `${text} is out of bounds; expected ${formatDuration(minimum)} to ${formatDuration(maximum)}`,
      })
      return z.NEVER
    }
    return ms
  })
}
