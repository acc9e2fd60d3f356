/** Endings of names whose values are secrets, in lower case without dashes, underscores, dots and spaces. */
const ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'secretkey',
  'clientsecret',
  'token',
  'apikey',
  'authkey',
  'accesskey',
  'secretaccesskey',
  'accountkey',
  'sharedkey',
  'signingkey',
  'encryptionkey',
  'masterkey',
  'privatekey',
  'sshkey',
  'authorization',
  'credential',
  'credentials',
  'cookie',
  'cookies',
  'sessionkey',
  'connectionstring',
]
/** Names too short to be endings: `pass` ends `bypass`. */
const WHOLE = new Set(['pass', 'auth', 'ssn', 'socialsecuritynumber', 'cvv', 'cvc', 'cvv2', 'pin', 'otp', 'jwt'])
/** Names with such an ending that are no secrets: places in a list, kinds and states of tokens. */
const HARMLESS = new Set([
  'pagetoken',
  'nextpagetoken',
  'nexttoken',
  'continuationtoken',
  'pageaccesskey',
  'idempotencytoken',
  'cancellationtoken',
  'unexpectedtoken',
  'syntaxtoken',
])

/** Which names are sensitive. */
export interface SensitiveNames {
  /** Whether a name's value is a secret; of a dotted name its last part counts. Case, dashes and underscores do not. */
  readonly has: (name: string) => boolean
  /** By the codes of a name's last two characters, the first times 128: 0 where no sensitive name ends so. */
  readonly ends: Uint8Array
}

/** The built-in names, and an organisation's own. */
export function sensitiveNames(own: readonly string[]): SensitiveNames {
  const more = new Set(own.map(plainName))
  const ends = new Uint8Array(128 * 128)
  for (const name of [...ENDINGS, ...WHOLE, ...more])
    for (const [one, two] of pairs(name.slice(-2))) if (one < 128 && two < 128) ends[one * 128 + two] = 1
  return {
    ends,
    has(name) {
      const last = plainName(name.slice(name.lastIndexOf('.') + 1))
      if (WHOLE.has(last) || more.has(last)) return true
      return !HARMLESS.has(last) && ENDINGS.some((ending) => last.endsWith(ending))
    },
  }
}

/** The codes of two characters in each case. */
function pairs(two: string): (readonly [number, number])[] {
  const cases = (at: number) => [two.charCodeAt(at), two.toUpperCase().charCodeAt(at)]
  return cases(0).flatMap((first) => cases(1).map((second) => [first, second] as const))
}

/** A name as it is compared. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ .]/g, '')
}
