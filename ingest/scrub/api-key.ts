import { DASH, DOT, endOfRun, isAt, TOKEN } from './characters.js'
import type { EndOf } from './detector.js'
import { VENDOR_KEYS, type VendorKey } from './vendor-keys.js'

/** Forms by their first two characters. */
const BY_HEAD = new Map<string, VendorKey[]>()
for (const key of VENDOR_KEYS) {
  const head = key.prefix.slice(0, 2)
  BY_HEAD.set(head, [...(BY_HEAD.get(head) ?? []), key])
}

/** The first two characters of all that `endOfApiKey` finds. */
export const API_KEY_HEADS: readonly string[] = [...BY_HEAD.keys(), 'SG']

/** A well-known vendor's key. */
export const endOfApiKey: EndOf = (text, at) => {
  for (const form of BY_HEAD.get(text.slice(at, at + 2)) ?? []) {
    if (!text.startsWith(form.prefix, at)) continue
    const from = at + form.prefix.length
    const to = endOfRun(text, from, form.classes, form.most + 1)
    const length = to - from
    if (length < form.least) continue
    // A longer run is cut, but for forms of one length, where it is something else.
    if (length > form.most && form.least === form.most) continue
    if (form.least === form.most && isAt(text, to, TOKEN & ~DASH)) continue
    return length > form.most ? endOfRun(text, from, form.classes) : to
  }
  return text.startsWith('SG.', at) ? endOfSendGrid(text, at) : -1
}

/** SendGrid's: `SG.`, 22 characters, a dot, 43 characters. */
function endOfSendGrid(text: string, at: number): number {
  const dot = endOfRun(text, at + 3, TOKEN, 23)
  if (dot !== at + 25 || !isAt(text, dot, DOT)) return -1
  const to = endOfRun(text, dot + 1, TOKEN, 44)
  return to === dot + 44 ? to : -1
}
