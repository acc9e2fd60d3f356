import type { ScrubKind } from '../../schema/domain/scrub.js'
import { API_KEY_HEADS, endOfApiKey } from './api-key.js'
import { endOfCard } from './card.js'
import { ALPHANUMERIC, classOf, DIGIT, HEX_LETTER, LETTER, UNDERSCORE, UPPER } from './characters.js'
import type { Finding } from './detector.js'
import { emailAround } from './email.js'
import { endOfIban } from './iban.js'
import { endOfIpv4, endOfIpv6 } from './ip-address.js'
import { endOfJwt } from './jwt.js'
import { bearerToken, namedValue, urlPassword } from './named-value.js'
import { endOfPhone } from './phone.js'
import { endOfPrivateKey } from './private-key.js'
import { endOfSsn } from './ssn.js'

/** What to look for, and which names are sensitive. */
export interface Search {
  readonly kinds: ReadonlySet<ScrubKind>
  readonly isSensitive: (name: string) => boolean
}

/** Marks beside letters and digits that may begin or hold an entity. */
const MARKS = new Uint8Array(128)
for (const mark of '@=:+(-') MARKS[mark.charCodeAt(0)] = 1

/** Pairs of characters that begin a key, a token or the word Bearer. */
const HEADS = new Uint8Array(128 * 128)
for (const head of [...API_KEY_HEADS, 'ey', 'Be', 'be']) HEADS[head.charCodeAt(0) * 128 + head.charCodeAt(1)] = 1

/**
 * All findings in a text, in order, none overlapping another; null when there are none, as in nearly all texts. One pass
 * of 0.5 to 1 ns a character: each word, number and mark is looked at where it begins, and most need no second look.
 */
export function findAll(text: string, search: Search): Finding[] | null {
  const { kinds } = search
  const anyV6 = kinds.has('ipv6')
  const length = text.length
  let found: Finding[] | null = null
  let last = 0
  let inWord = false
  for (let at = 0; at < length; ) {
    const code = text.charCodeAt(at)
    const kind = classOf(code)
    let hit: Finding | null = null
    if ((kind & ALPHANUMERIC) !== 0) {
      if (!inWord) {
        hit = (kind & DIGIT) !== 0 ? atNumber(text, at, kinds) : atWord(text, at, code, kinds)
        if (hit === null && anyV6 && (kind & (DIGIT | HEX_LETTER)) !== 0) hit = one('ipv6', at, endOfIpv6(text, at))
        inWord = true
      }
    } else {
      inWord = (kind & UNDERSCORE) !== 0
      if (code < 128 && MARKS[code] === 1) {
        hit = atMark(text, at, code, last, search)
        if (hit === null && anyV6 && code === 0x3a) hit = one('ipv6', at, endOfIpv6(text, at))
      }
    }
    if (hit === null || hit.to <= at) {
      at++
      continue
    }
    found ??= []
    found.push(hit)
    at = hit.to
    last = hit.to
    inWord = false
  }
  return found
}

function one(kind: ScrubKind, from: number, to: number): Finding | null {
  return to === -1 ? null : { kind, from, to }
}

function atWord(text: string, at: number, code: number, kinds: ReadonlySet<ScrubKind>): Finding | null {
  const next = text.charCodeAt(at + 1)
  if (!(next < 128)) return null
  if (HEADS[code * 128 + next] === 1) {
    const found =
      (kinds.has('jwt') ? one('jwt', at, endOfJwt(text, at)) : null) ??
      (kinds.has('api_key') ? one('api_key', at, endOfApiKey(text, at)) : null) ??
      (kinds.has('secret') ? bearerToken(text, at) : null)
    if (found !== null) return found
  }
  const isIbanHead = (classOf(code) & classOf(next) & UPPER) !== 0 && (classOf(text.charCodeAt(at + 2)) & DIGIT) !== 0
  return isIbanHead && kinds.has('iban') ? one('iban', at, endOfIban(text, at)) : null
}

function atNumber(text: string, at: number, kinds: ReadonlySet<ScrubKind>): Finding | null {
  // A digit, a letter or a dot two further on rules out most numbers of logs.
  const before = text.charCodeAt(at - 1)
  const isRest = before === 0x2e && (classOf(text.charCodeAt(at - 2)) & DIGIT) !== 0
  return (
    (kinds.has('ssn') && before !== 0x2d ? one('ssn', at, endOfSsn(text, at)) : null) ??
    (kinds.has('card') && !isRest && !isDashed(text, at) ? one('card', at, endOfCard(text, at)) : null) ??
    (kinds.has('phone') ? one('phone', at, endOfPhone(text, at)) : null) ??
    (kinds.has('ipv4') ? one('ipv4', at, endOfIpv4(text, at)) : null)
  )
}

/** Whether a number follows a dash and a letter or digit: the rest of an id such as a UUID. */
function isDashed(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === 0x2d && (classOf(text.charCodeAt(at - 2)) & (LETTER | DIGIT)) !== 0
}

function atMark(text: string, at: number, code: number, last: number, search: Search): Finding | null {
  const { kinds } = search
  switch (code) {
    case 0x40:
      return kinds.has('email') ? emailAround(text, at, last) : null
    case 0x3a: {
      if (!kinds.has('secret')) return null
      const next = text.charCodeAt(at + 1)
      if (next === 0x2f) return urlPassword(text, at)
      return next === 0x3a ? null : namedValue(text, at, search.isSensitive)
    }
    case 0x3d:
      return kinds.has('secret') ? namedValue(text, at, search.isSensitive) : null
    case 0x2d:
      return text.charCodeAt(at + 1) === 0x2d && kinds.has('api_key') && text.charCodeAt(at - 1) !== 0x2d
        ? one('api_key', at, endOfPrivateKey(text, at))
        : null
    default:
      // + and (
      return kinds.has('phone') && !((classOf(text.charCodeAt(at - 1)) & ALPHANUMERIC) !== 0)
        ? one('phone', at, endOfPhone(text, at))
        : null
  }
}
