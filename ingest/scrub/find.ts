import type { ScrubKind } from '../../schema/domain/scrub.js'
import { API_KEY_HEADS, endOfApiKey } from './api-key.js'
import { endOfCard } from './card.js'
import { ALPHANUMERIC, CLASSES, DIGIT, HEX_LETTER, isAt, LETTER, MARK, UNDERSCORE } from './characters.js'
import type { Finding } from './detector.js'
import { emailAround } from './email.js'
import { endOfIban, IBAN_COUNTRIES } from './iban.js'
import { endOfIpv4, endOfIpv6 } from './ip-address.js'
import { endOfJwt } from './jwt.js'
import { bearerToken, namedValue, urlPassword } from './named-value.js'
import { endOfPhone } from './phone.js'
import { endOfPrivateKey } from './private-key.js'
import type { SensitiveNames } from './sensitive-name.js'
import { endOfSsn } from './ssn.js'

/** What to look for, kind by kind, and which names are sensitive. */
export interface Search extends Readonly<Record<ScrubKind, boolean>> {
  readonly names: SensitiveNames
}

export function searchFor(kinds: ReadonlySet<ScrubKind>, names: SensitiveNames): Search {
  return {
    email: kinds.has('email'),
    card: kinds.has('card'),
    ssn: kinds.has('ssn'),
    phone: kinds.has('phone'),
    iban: kinds.has('iban'),
    ipv4: kinds.has('ipv4'),
    ipv6: kinds.has('ipv6'),
    api_key: kinds.has('api_key'),
    jwt: kinds.has('jwt'),
    secret: kinds.has('secret'),
    names,
  }
}

/** Pairs of characters that begin a key, a token, the word Bearer or an IBAN; by the first's code times 128. */
const HEADS = new Uint8Array(128 * 128)
for (const head of [...API_KEY_HEADS, ...IBAN_COUNTRIES, 'ey', 'Be', 'be'])
  HEADS[head.charCodeAt(0) * 128 + head.charCodeAt(1)] = 1

const SPACE = 0x20
const COLON = 0x3a
const WORD = ALPHANUMERIC | UNDERSCORE

/**
 * All findings in a text, in order, none overlapping another; null when there are none, as in nearly all texts. One
 * pass: each word, number and mark is looked at where it begins, and most need no second look.
 *
 * The loop reads the table itself and calls only where something may begin: V8 does not inline calls here once the
 * detectors have used up its budget, and a call per character tripled the time.
 */
export function findAll(text: string, search: Search): Finding[] | null {
  const { length } = text
  const { ipv6 } = search
  let found: Finding[] | null = null
  let last = 0
  let at = 0
  while (at < length) {
    const code = text.charCodeAt(at)
    const kind = CLASSES[code] as number
    let next = at + 1
    let hit: Finding | null = null
    if ((kind & LETTER) !== 0) {
      const second = next < length ? text.charCodeAt(next) : 0
      if (HEADS[code * 128 + second] === 1 || (ipv6 && (kind & HEX_LETTER) !== 0)) hit = atWord(text, at, search)
      if (hit === null) while (next < length && ((CLASSES[text.charCodeAt(next)] as number) & WORD) !== 0) next++
    } else if ((kind & DIGIT) !== 0) {
      while (next < length && ((CLASSES[text.charCodeAt(next)] as number) & DIGIT) !== 0) next++
      const after = next < length ? text.charCodeAt(next) : 0
      if (((CLASSES[after] as number) & (LETTER | UNDERSCORE)) === 0) {
        // Nearly all numbers are shorter than a card's and end at a colon, a bracket or a comma.
        if (next - at >= 13 || isSeparator(after) || ipv6) hit = atNumber(text, at, next, search)
      } else {
        if (ipv6) hit = one('ipv6', at, endOfIpv6(text, at))
        if (hit === null) while (next < length && ((CLASSES[text.charCodeAt(next)] as number) & WORD) !== 0) next++
      }
    } else if ((kind & MARK) !== 0) hit = atMark(text, at, code, last, search)
    if (hit === null) {
      at = next
      continue
    }
    found ??= []
    found.push(hit)
    at = hit.to
    last = hit.to
  }
  return found
}

function one(kind: ScrubKind, from: number, to: number): Finding | null {
  return to === -1 ? null : { kind, from, to }
}

/** What begins with a letter. */
function atWord(text: string, at: number, search: Search): Finding | null {
  return (
    (search.jwt ? one('jwt', at, endOfJwt(text, at)) : null) ??
    (search.api_key ? one('api_key', at, endOfApiKey(text, at)) : null) ??
    (search.secret ? bearerToken(text, at) : null) ??
    (search.iban && isAt(text, at + 2, DIGIT) ? one('iban', at, endOfIban(text, at)) : null) ??
    (search.ipv6 ? one('ipv6', at, endOfIpv6(text, at)) : null)
  )
}

/** What begins with a number [at, to). Most are told apart by their length and what follows them. */
function atNumber(text: string, at: number, to: number, search: Search): Finding | null {
  const length = to - at
  if (length > 19) return null
  const next = text.charCodeAt(to)
  const goesOn = isSeparator(next) && (isAt(text, to + 1, DIGIT) || next === SPACE || text.charCodeAt(to + 1) === 0x28)
  if (length >= 13 || (length === 4 && goesOn)) {
    // The rest of an id, or a fraction.
    const isRest = isDashOrDot(text.charCodeAt(at - 1)) && isAt(text, at - 2, WORD)
    return search.card && !isRest ? (one('card', at, endOfCard(text, at)) ?? national(text, at, search)) : null
  }
  if (goesOn && length <= 6) {
    const isSsn = length === 3 && next === 0x2d && search.ssn && text.charCodeAt(at - 1) !== 0x2d
    const found = (isSsn ? one('ssn', at, endOfSsn(text, at)) : null) ?? national(text, at, search)
    if (found !== null) return found
  }
  if (search.ipv4 && length <= 3 && next === 0x2e) return one('ipv4', at, endOfIpv4(text, at))
  return search.ipv6 && next === COLON ? one('ipv6', at, endOfIpv6(text, at)) : null
}

function national(text: string, at: number, search: Search): Finding | null {
  return search.phone ? one('phone', at, endOfPhone(text, at)) : null
}

function isSeparator(code: number): boolean {
  return code === SPACE || code === 0x2d || code === 0x2e || code === 0x2f
}

function isDashOrDot(code: number): boolean {
  return code === 0x2d || code === 0x2e
}

function atMark(text: string, at: number, code: number, last: number, search: Search): Finding | null {
  switch (code) {
    case 0x40:
      return search.email ? emailAround(text, at, last) : null
    case COLON: {
      const next = text.charCodeAt(at + 1)
      if (next === 0x2f) return search.secret ? urlPassword(text, at) : null
      if (next === COLON) return search.ipv6 ? one('ipv6', at, endOfIpv6(text, at)) : null
      return search.secret ? namedValue(text, at, search.names) : null
    }
    case 0x3d:
      return search.secret ? namedValue(text, at, search.names) : null
    case 0x2d:
      return search.api_key && text.charCodeAt(at + 1) === 0x2d && text.charCodeAt(at - 1) !== 0x2d
        ? one('api_key', at, endOfPrivateKey(text, at))
        : null
    default:
      // A plus or a parenthesis.
      return search.phone && isAt(text, at + 1, DIGIT) && !isAt(text, at - 1, ALPHANUMERIC)
        ? one('phone', at, endOfPhone(text, at))
        : null
  }
}
