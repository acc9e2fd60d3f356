/** Nanoseconds since the epoch as RFC 3339 in UTC, trailing zeros of the fraction cut to milliseconds at least. */
export function rfc3339(ns: string): string {
  const value = BigInt(ns)
  const seconds = value / 1_000_000_000n - (value % 1_000_000_000n < 0n ? 1n : 0n)
  const fraction = String(value - seconds * 1_000_000_000n).padStart(9, '0')
  const shown = fraction.replace(/(?:000){1,2}$/, '')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${shown}Z`
}
