import { ALPHANUMERIC, DIGIT, isAt, UNDERSCORE, UPPER } from './characters.js'
import type { EndOf } from './detector.js'

/** Lengths by country, from the IBAN registry that SWIFT keeps (ISO 13616). */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** The countries that have one. */
export const IBAN_COUNTRIES: readonly string[] = Object.keys(LENGTHS)

/** An IBAN in capitals, in one run or in groups of four, with the length of its country and a right check sum. */
export const endOfIban: EndOf = (text, at) => {
  const length = LENGTHS[text.slice(at, at + 2)]
  if (length === undefined || !isAt(text, at + 2, DIGIT) || !isAt(text, at + 3, DIGIT)) return -1
  let iban = ''
  let to = at
  const grouped = text.charCodeAt(at + 4) === 0x20
  while (iban.length < length) {
    if (isAt(text, to, DIGIT | UPPER)) iban += text[to++]
    else if (grouped && iban.length % 4 === 0 && text.charCodeAt(to) === 0x20) to++
    else return -1
  }
  return !isAt(text, to, ALPHANUMERIC | UNDERSCORE) && isRight(iban) ? to : -1
}

/** ISO 7064, MOD 97-10: the first four characters go last, letters count from 10. */
function isRight(iban: string): boolean {
  let rest = 0
  for (let i = 0; i < iban.length; i++) {
    const code = iban.charCodeAt((i + 4) % iban.length)
    rest = code >= 0x41 ? (rest * 100 + code - 55) % 97 : (rest * 10 + code - 0x30) % 97
  }
  return rest === 1
}
