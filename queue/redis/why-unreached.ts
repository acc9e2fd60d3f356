const UNTRUSTED = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * Why a Redis is not reached, as part of a sentence. What the driver and OpenSSL say of the commonest mistakes tells people
 * little.
 *
 * @param error What was last heard; null when nothing was.
 * @param secure Whether TLS was spoken to it.
 */
export function whyUnreached(error: unknown, secure: boolean): string {
  if (error === null)
    return secure ? 'no answer within 5 s; does it speak TLS, which rediss:// asks for?' : 'no answer within 5 s'
  const { code, message } = factsOf(error)
  if (UNTRUSTED.includes(code))
    return 'its certificate is signed by no authority that is trusted here; TOCSIN_CA_PATH names more of them'
  if (/^NOAUTH\b/.test(message)) return 'it asks for a user or password (redis://user:password@host), and got none'
  if (/^WRONGPASS\b/.test(message)) return 'it does not take the user and password that the URL holds'
  if (!secure && code === 'ECONNRESET')
    return 'it ended the connection at once; does it expect TLS, which rediss:// asks for?'
  return message || code
}

function factsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  return { code: 'code' in error ? String(error.code) : error.name, message: error.message }
}
