/** Orders texts as people do: runs of digits by their number (`4m5` before `4m600`), all else by code unit. */
export function naturalOrder(one: string, other: string): number {
  const parts = one.match(/\d+|\D+/g) ?? []
  const others = other.match(/\d+|\D+/g) ?? []
  for (let at = 0; at < Math.min(parts.length, others.length); at++) {
    const part = parts[at] ?? ''
    const otherPart = others[at] ?? ''
    if (part === otherPart) continue
    if (/^\d/.test(part) && /^\d/.test(otherPart)) {
      const order = compareDigits(part, otherPart)
      if (order !== 0) return order
    } else return part < otherPart ? -1 : 1
  }
  return parts.length - others.length || (one < other ? -1 : one > other ? 1 : 0)
}

/** Compares digits of any length by their number. */
function compareDigits(one: string, other: string): number {
  const digits = one.replace(/^0+(?=\d)/, '')
  const others = other.replace(/^0+(?=\d)/, '')
  if (digits.length !== others.length) return digits.length - others.length
  return digits < others ? -1 : digits > others ? 1 : 0
}
