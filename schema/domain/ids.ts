import { z } from 'zod'

/** Prefix of an id, by the kind of thing it names. An id tells its kind, so that a wrong one is refused by name. */
export const ID_PREFIXES = {
  org: 'org',
  user: 'usr',
  membership: 'mem',
  session: 'ses',
  apiToken: 'tok',
  ingestKey: 'key',
  monitor: 'mon',
  slo: 'slo',
  channel: 'chn',
  incident: 'inc',
  timelineEntry: 'tle',
  alertInstance: 'ali',
  notification: 'ntf',
  delivery: 'dlv',
} as const

export type IdKind = keyof typeof ID_PREFIXES

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A new id: prefix, underscore, 10 characters of Unix milliseconds and 16 characters of randomness in Crockford's
 * base 32 (the layout of a ULID, https://github.com/ulid/spec), so that ids of one kind sort by creation.
 *
 * @param now Unix milliseconds.
 * @param random At least 10 random bytes.
 */
export function newId(kind: IdKind, now: number, random: Uint8Array): string {
  let time = ''
  for (let rest = Math.floor(now), i = 0; i < 10; i++) {
    time = ALPHABET.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  let tail = ''
  let bits = 0
  let held = 0
  for (const byte of random.subarray(0, 10)) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      tail += ALPHABET.charAt((held >> bits) & 31)
    }
    held &= (1 << bits) - 1
  }
  return `${ID_PREFIXES[kind]}_${time}${tail}`
}

/** The kind that an id names, or null when no such prefix exists. */
export function idKind(id: string): IdKind | null {
  const prefix = id.slice(0, id.indexOf('_'))
  for (const [kind, value] of Object.entries(ID_PREFIXES)) if (value === prefix) return kind as IdKind
  return null
}

/** A user-chosen name that stays: lower case letters, digits and dashes, 1 to 63, beginning and ending with a letter or digit. */
export const keySchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'a key holds 1 to 63 lower case letters, digits and dashes, and begins and ends with a letter or digit',
  )
