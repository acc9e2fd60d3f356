/** A number in full without an exponent, as Go's `FormatFloat(value, 'f', -1, 64)` writes it. */
export function plainNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  if (exponent === undefined) return text
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}${digits.length > point ? `.${digits.slice(point)}` : ''}`
}

/** A number as Go's `%g` writes it: an exponent below 1e-4 and from 1e21 on, of at least two digits. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return plainNumber(value)
  const magnitude = Math.abs(value)
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e21)) return plainNumber(value)
  const [, digits = '', sign = '', power = ''] = /^(.*)e([+-])(\d+)$/.exec(value.toExponential()) ?? []
  return `${digits}e${sign}${power.padStart(2, '0')}`
}

/** A float as Go's `ParseFloat` reads it, null when it would not. */
export function parseGoFloat(text: string): number | null {
  if (/^[+-]?inf(?:inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return null
  return Number(text)
}
