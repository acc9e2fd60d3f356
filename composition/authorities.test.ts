import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canMakeCertificates, makeCertificates } from '../test/harness/certificates.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { readAuthorities } from './authorities.js'

test('a file that is not there or holds no certificate stops the start with a sentence', () => {
  const folder = scratchFolder()
  const path = join(folder, 'ca.pem')
  expect(() => readAuthorities({ TOCSIN_CA_PATH: path })).toThrow(/^TOCSIN_CA_PATH is ".*ca\.pem": expected a file of/)
  for (const text of ['', '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n']) {
    writeFileSync(path, text)
    expect(() => readAuthorities({ TOCSIN_CA_PATH: path })).toThrow(/expected a file of certificates in PEM \(/)
  }
  expect(readAuthorities({ TOCSIN_CA_PATH: undefined })).toBeUndefined()
})

test.runIf(canMakeCertificates)('of a file with keys and words among them its certificates are taken', () => {
  const folder = scratchFolder()
  const { ca } = makeCertificates(folder)
  const path = join(folder, 'all.pem')
  writeFileSync(path, `ours:\n${ca}\nand again\n${ca}`)
  expect(readAuthorities({ TOCSIN_CA_PATH: path })).toBe(ca + ca)
})
