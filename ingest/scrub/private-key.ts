import type { EndOf } from './detector.js'

const BEGIN = '-----BEGIN '
const MARK = 'PRIVATE KEY'
const END = '-----END '

/**
 * A block of a private key in PEM (RFC 7468), of any sort: `RSA`, `EC`, `OPENSSH`, PGP's. A block that does not end
 * goes to the end of the text: what is cut off is still a key.
 */
export const endOfPrivateKey: EndOf = (text, at) => {
  if (!text.startsWith(BEGIN, at)) return -1
  const label = text.slice(at + BEGIN.length, at + BEGIN.length + 40)
  const dashes = label.indexOf('-----')
  if (dashes === -1 || !label.slice(0, dashes).includes(MARK)) return -1
  const end = text.indexOf(END, at + BEGIN.length)
  if (end === -1) return text.length
  const close = text.slice(end + END.length, end + END.length + 45).indexOf('-----')
  return close === -1 ? end + END.length : end + END.length + close + 5
}
