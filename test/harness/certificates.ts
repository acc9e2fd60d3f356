import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether certificates can be made here: Node itself makes none. */
export const canMakeCertificates = spawnSync('openssl', ['version']).status === 0
if (!canMakeCertificates)
  console.warn('Tests over TLS are skipped: openssl, which makes their certificates, is not on the PATH.')

export interface Certificates {
  /** Of an authority that nobody trusts, PEM. */
  readonly ca: string
  readonly caPath: string
  /** Of `localhost` and 127.0.0.1, signed by it. */
  readonly certificatePath: string
  readonly keyPath: string
}

/** Makes them in a folder; they hold for two days. */
export function makeCertificates(folder: string): Certificates {
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const commands = [
    `req -x509 ${key} -keyout ca.key -out ca.pem -days 2 -subj /CN=tocsin-test`,
    `req ${key} -keyout server.key -out server.csr -subj /CN=localhost`,
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem',
  ]
  for (const command of commands) {
    const { status, stderr } = spawnSync('openssl', command.split(' '), { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${command} ended with ${status}: ${stderr}`)
  }
  const caPath = join(folder, 'ca.pem')
  return {
    ca: readFileSync(caPath, 'utf8'),
    caPath,
    certificatePath: join(folder, 'server.pem'),
    keyPath: join(folder, 'server.key'),
  }
}
