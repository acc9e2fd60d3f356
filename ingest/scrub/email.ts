import { ALPHANUMERIC, classOf, DASH, DOT, isAt, LETTER, UNDERSCORE } from './characters.js'
import type { Finding } from './detector.js'

/** RFC 5321, section 4.5.3.1: lengths of a local part and of a domain. */
const LOCAL_LENGTH = 64
const DOMAIN_LENGTH = 255

/** Last labels of what looks like an address and is a file or a systemd unit: `logo@2x.png`, `getty@tty1.service`. */
const NO_TOP_LEVEL = new Set(
  'service socket target mount automount timer scope slice device swap path png jpg jpeg gif svg webp ico css js mjs cjs ts tsx jsx json map html xml yaml yml tgz zip gz jar conf log txt'.split(
    ' ',
  ),
)

/**
 * The email address around the @ at a place, or null. Letters past ASCII count as letters of both its sides; its
 * domain has a dot, so `root@localhost` is none. `git@host.example:path` is a place of a repository.
 */
export function emailAround(text: string, mark: number, notBefore: number): Finding | null {
  const limit = Math.max(notBefore, mark - LOCAL_LENGTH)
  let from = mark
  while (from > limit && isLocal(text.charCodeAt(from - 1))) from--
  // Marks at its head belong to what stands before: a bullet, a quote.
  while (from < mark && !isWord(text.charCodeAt(from))) from++
  if (from === mark || text.charCodeAt(mark - 1) === 0x2e) return null

  let to = mark + 1
  let label = to
  let lastDot = -1
  const most = Math.min(text.length, mark + 1 + DOMAIN_LENGTH)
  for (; to < most; to++) {
    const code = text.charCodeAt(to)
    if (code === 0x2e) {
      if (to === label) break
      // A dot that ends a sentence.
      if (!isWord(text.charCodeAt(to + 1))) break
      lastDot = to
      label = to + 1
    } else if (!isWord(code) && code !== 0x2d) break
  }
  while (to > label && text.charCodeAt(to - 1) === 0x2d) to--
  if (lastDot === -1 || to - lastDot < 3 || !isTopLevel(text, lastDot + 1, to)) return null
  if (text.charCodeAt(to) === 0x40) return null
  if (text.charCodeAt(to) === 0x3a && mark - from === 3 && text.startsWith('git', from)) return null
  return { kind: 'email', from, to }
}

function isWord(code: number): boolean {
  return (classOf(code) & ALPHANUMERIC) !== 0 || (code >= 0xc0 && code < 0x2000) || code >= 0x2e80
}

/** Characters of local parts as they are met; RFC 5322 knows some more, which would swallow what stands before. */
function isLocal(code: number): boolean {
  return isWord(code) || (classOf(code) & (UNDERSCORE | DASH | DOT)) !== 0 || code === 0x2b || code === 0x25
}

function isTopLevel(text: string, from: number, to: number): boolean {
  if (text.startsWith('xn--', from)) return true
  for (let at = from; at < to; at++) if (!isAt(text, at, LETTER) && text.charCodeAt(at) < 128) return false
  return to - from > 9 || !NO_TOP_LEVEL.has(text.slice(from, to).toLowerCase())
}
