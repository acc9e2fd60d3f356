import { expect, test } from 'vitest'
import { whyUnreached } from './why-unreached.js'

const failed = (code: string, message: string) => Object.assign(new Error(message), { code })

test.each<[string, unknown, boolean, boolean, string]>([
  ['silence', null, true, false, 'no answer within 5 s'],
  ['silence where TLS is spoken', null, true, true, 'may speak no TLS'],
  ['an end without a word', null, false, false, 'may expect TLS'],
  ['an end without a word where TLS is spoken', null, false, true, 'may speak no TLS'],
  ['an end by force', failed('ECONNRESET', 'write ECONNRESET'), false, false, 'may expect TLS'],
  ['an answer in words', failed('EPROTO', 'wrong version number'), false, true, 'may speak no TLS'],
  [
    'the same as newer versions of Node say it',
    failed('ERR_SSL_WRONG_VERSION_NUMBER', 'x'),
    false,
    true,
    'may speak no TLS',
  ],
  ['a stranger', failed('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed'), false, true, 'TOCSIN_CA_PATH'],
  ['another name', failed('ERR_TLS_CERT_ALTNAME_INVALID', 'Host: a. is not b'), false, true, 'Host: a. is not b'],
  ['no password', new Error('NOAUTH HELLO must be called'), false, false, 'asks for a user or password'],
  ['a wrong password', new Error('WRONGPASS invalid'), false, true, 'does not take'],
  ['nobody there', failed('ECONNREFUSED', ''), false, false, 'ECONNREFUSED'],
])('%s', (_what, error, timedOut, secure, words) => {
  expect(whyUnreached({ error, timedOut }, secure)).toContain(words)
})
