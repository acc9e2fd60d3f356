import { isIPv4, isIPv6 } from 'node:net'
import { ALPHANUMERIC, classOf, DIGIT, DOT, endOfRun, HEX_LETTER, isAt, UNDERSCORE } from './characters.js'
import type { EndOf } from './detector.js'

/** An IPv4 address: four numbers up to 255 that no further number joins, so that `1.2.3.4.5` is none. */
export const endOfIpv4: EndOf = (text, at) => {
  if (isAt(text, at - 1, DOT) && isAt(text, at - 2, DIGIT)) return -1
  let to = endOfRun(text, at, DIGIT | DOT, 17)
  while (text.charCodeAt(to - 1) === 0x2e) to--
  if (to - at < 7 || to - at > 15 || isAt(text, to, ALPHANUMERIC | UNDERSCORE)) return -1
  return isIPv4(text.slice(at, to)) ? to : -1
}

const LONGEST_IPV6 = 45

/** An IPv6 address, perhaps with a dotted end. Needs a digit and two colons: `dead::beef` may be a name in code. */
export const endOfIpv6: EndOf = (text, at) => {
  if (isIpv6Character(text.charCodeAt(at - 1))) return -1
  let to = at
  const most = Math.min(text.length, at + LONGEST_IPV6 + 1)
  while (to < most && isIpv6Character(text.charCodeAt(to))) to++
  while (to > at && text.charCodeAt(to - 1) === 0x2e) to--
  if (isAt(text, to, ALPHANUMERIC | UNDERSCORE)) return -1
  const found = text.slice(at, to)
  return /[0-9]/.test(found) && isIPv6(found) ? to : -1
}

function isIpv6Character(code: number): boolean {
  return (classOf(code) & (DIGIT | HEX_LETTER | DOT)) !== 0 || code === 0x3a
}
