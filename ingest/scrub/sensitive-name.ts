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

/**
 * Whether a name's value is a secret; of a dotted name its last part counts. Told apart
 * regardless of case, dashes and underscores.
 */
export function isSensitiveName(name: string, more: ReadonlySet<string>): boolean {
  const last = plainName(name.slice(name.lastIndexOf('.') + 1))
  if (WHOLE.has(last) || more.has(last)) return true
  if (HARMLESS.has(last)) return false
  return ENDINGS.some((ending) => last.endsWith(ending))
}

/** A name as it is compared. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ .]/g, '')
}
