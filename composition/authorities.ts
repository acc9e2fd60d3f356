import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config.js'
import { StartError } from '../schema/domain/errors.js'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Certificates of authorities that servers reached over TLS may be signed by, beside those that Node trusts; undefined where
 * none are set.
 *
 * @throws StartError when the file cannot be read or holds none.
 */
export function readAuthorities(config: Pick<Config, 'TOCSIN_CA_PATH'>): string | undefined {
  const path = config.TOCSIN_CA_PATH
  if (path === undefined) return undefined
  try {
    const certificates = readFileSync(path, 'utf8').match(CERTIFICATE) ?? []
    if (certificates.length === 0) throw new Error('it holds no certificate')
    return certificates.map((certificate) => new X509Certificate(certificate).toString()).join('')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      'SETTING_INVALID',
      `TOCSIN_CA_PATH is ${JSON.stringify(path)}: expected a file of certificates in PEM (${reason}).`,
    )
  }
}
