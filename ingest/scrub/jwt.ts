import { endOfRun, isAt, TOKEN } from './characters.js'
import type { EndOf } from './detector.js'

/**
 * A JSON Web Token: three parts (five when encrypted) of base64url with dots between, the first beginning `eyJ`, which
 * is `{"`. It must begin its run of such characters, so that each run is looked at once.
 */
export const endOfJwt: EndOf = (text, at) => {
  if (text.charCodeAt(at + 2) !== 0x4a || !text.startsWith('eyJ', at) || isAt(text, at - 1, TOKEN)) return -1
  const header = endOfRun(text, at, TOKEN)
  if (header - at < 10 || text.charCodeAt(header) !== 0x2e) return -1
  let to = endOfRun(text, header + 1, TOKEN)
  if (to - header < 3 || text.charCodeAt(to) !== 0x2e) return -1
  // An unsigned token ends in a dot; an encrypted one has two more parts.
  to = endOfRun(text, to + 1, TOKEN)
  for (let part = 0; part < 2 && text.charCodeAt(to) === 0x2e && isAt(text, to + 1, TOKEN); part++)
    to = endOfRun(text, to + 1, TOKEN)
  return to
}
