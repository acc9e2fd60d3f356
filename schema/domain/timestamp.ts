const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

/**
 * Unix milliseconds of RFC 3339 text, digits below a millisecond cut; null for any other text, a date that is in no
 * calendar included.
 */
export function parseTimestamp(text: string): number | null {
  const match = FORM.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -1 : 1)
  if (month > 12 || hour > 23 || minute > 59 || second > 59 || Math.abs(offset) > 1_439) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  const fraction = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1_000)
  return date.setUTCHours(hour, minute - offset, second, fraction)
}
