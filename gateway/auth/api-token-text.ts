import { crc32 } from 'node:zlib'

/*
 * An API token is `toc_`, 30 random base-62 characters and 6 that check them (CRC-32, base 62), so that a token can be
 * told from other text, and a mistyped one is refused without asking a store.
 */

const PREFIX = 'toc_'
const RANDOM_CHARACTERS = 30
const CHECK_CHARACTERS = 6
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new token's text. */
export function apiTokenText(random: (length: number) => Uint8Array): string {
  const body = PREFIX + randomBase62(RANDOM_CHARACTERS, random)
  return body + checkOf(body)
}

/** Whether text is a token that was not mistyped. */
export function isApiTokenText(text: string): boolean {
  if (!/^toc_[0-9A-Za-z]{36}$/.test(text)) return false
  return text.slice(-CHECK_CHARACTERS) === checkOf(text.slice(0, -CHECK_CHARACTERS))
}

/** A new ingest key's public id: `ik_` and 20 base-62 characters. */
export function ingestKeyText(random: (length: number) => Uint8Array): string {
  return `ik_${randomBase62(20, random)}`
}

/** Random base-62 text, every character equally likely: bytes past the last whole multiple of 62 are thrown away. */
function randomBase62(length: number, random: (length: number) => Uint8Array): string {
  let text = ''
  while (text.length < length)
    for (const byte of random(length)) if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62)
  return text
}

function checkOf(body: string): string {
  let text = ''
  for (let rest = crc32(body), i = 0; i < CHECK_CHARACTERS; i++, rest = Math.floor(rest / 62))
    text = ALPHABET.charAt(rest % 62) + text
  return text
}
