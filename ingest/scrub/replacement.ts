import { createHmac } from 'node:crypto'
import { SCRUB_KINDS, type ScrubKind, type ScrubStrategy } from '../../schema/domain/scrub.js'
import { digitsOf } from './characters.js'

/** What `mask` leaves of a value. */
const MASK_KEEPS = 4
/** Values shorter than this are masked whole: four characters would say too much. */
const MASK_LEAST = 9
/** Characters of a keyed hash: 64 bits, so that two of a million values are alike once in 37 million. */
const HASH_DIGITS = 16

/**
 * What stands in the place of a finding. Hashes are of the value in a plain form (emails in lower case, numbers without
 * separators), so that one entity gives one token however it is written.
 */
export function replacementOf(
  kind: ScrubKind,
  strategy: Exclude<ScrubStrategy, 'keep'>,
  value: string,
  key: Uint8Array,
): string {
  if (strategy === 'redact') return `[${kind}]`
  if (strategy === 'mask')
    return value.length < MASK_LEAST ? `[${kind}:***]` : `[${kind}:***${value.slice(-MASK_KEEPS)}]`
  const digest = createHmac('sha256', key)
    .update(`${kind}\n${plainForm(kind, value)}`)
    .digest('hex')
  return `[${kind}:${digest.slice(0, HASH_DIGITS)}]`
}

function plainForm(kind: ScrubKind, value: string): string {
  if (kind === 'email' || kind === 'ipv6') return value.toLowerCase()
  if (kind === 'card' || kind === 'ssn' || kind === 'phone') return digitsOf(value)
  return kind === 'iban' ? value.replaceAll(' ', '') : value
}

/** Whether a value, or the bracket right before it, begins what a scrub left. */
export function isScrubbed(text: string, from: number): boolean {
  const open = text.charCodeAt(from) === 0x5b ? from : text.charCodeAt(from - 1) === 0x5b ? from - 1 : -1
  return open !== -1 && SCRUBBED.test(text.slice(open, open + 10))
}

const SCRUBBED = new RegExp(`^\\[(?:${SCRUB_KINDS.join('|')})[:\\]]`)

export function isScrubKind(name: string): boolean {
  return SCRUB_KINDS.some((kind) => kind === name)
}
