import { Refusal } from './refusals.js'

/**
 * The one answer to everyone who did not prove who they are: a key nobody has, a revoked one, a wrong signature, a
 * missing header. It must not tell which.
 */
export function unauthenticated(): Refusal {
  return new Refusal(
    'UNAUTHENTICATED',
    'The key is unknown, or the signature or secret does not match. Expected x-org-key with x-signature ' +
      '(sha256= and 64 hexadecimal digits) and, unless the key signs the body alone, x-timestamp; or, for a bearer ' +
      'key, authorization: Bearer with its secret.',
  )
}
