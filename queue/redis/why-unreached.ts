const UNTRUSTED = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/** What a handshake meets that nobody answers in TLS. The bytes of one may look like a command, which is answered in words. */
const NO_HANDSHAKE = /^(?:EPROTO|EPIPE|ECONNRESET|ERR_SSL_)/

/**
 * Why a Redis is not reached, as part of a sentence. What the driver and OpenSSL say of the commonest mistakes tells people
 * little.
 *
 * @param heard.error What was last heard of the connection; null when it was only closed, or nothing came.
 * @param heard.timedOut Whether nothing came.
 * @param secure Whether TLS was spoken to it.
 */
export function whyUnreached(
  { error, timedOut }: { readonly error: unknown; readonly timedOut: boolean },
  secure: boolean,
): string {
  if (error === null) {
    if (timedOut && !secure) return 'no answer within 5 s'
    return timedOut
      ? `no answer within 5 s; ${SPEAKS_TLS}`
      : `it ended the connection; ${secure ? SPEAKS_TLS : EXPECTS_TLS}`
  }
  const { code, message } = factsOf(error)
  if (UNTRUSTED.includes(code))
    return 'its certificate is signed by no authority that is trusted here; TOCSIN_CA_PATH names more of them'
  if (/^NOAUTH\b/.test(message)) return 'it asks for a user or password (redis://user:password@host), and got none'
  if (/^WRONGPASS\b/.test(message)) return 'it does not take the user and password that the URL holds'
  if (secure && NO_HANDSHAKE.test(code)) return `it ended the connection; ${SPEAKS_TLS}`
  if (!secure && /^(?:ECONNRESET|EPIPE)$/.test(code)) return `it ended the connection; ${EXPECTS_TLS}`
  return message || code
}

const SPEAKS_TLS = 'it may speak no TLS, which rediss:// asks for'
const EXPECTS_TLS = 'it may expect TLS, which rediss:// asks for'

function factsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  return { code: 'code' in error ? String(error.code) : error.name, message: error.message }
}
