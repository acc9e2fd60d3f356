import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { canMakeCertificates, makeCertificates } from '../test/harness/certificates.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { openClickHouseServer } from './clients-clickhouse.js'

test.runIf(canMakeCertificates)(
  'a ClickHouse over TLS is believed when an authority that was named signed it',
  async () => {
    const { ca, certificatePath, keyPath } = makeCertificates(scratchFolder())
    const server = createServer({ cert: readFileSync(certificatePath), key: readFileSync(keyPath) }, (_, response) =>
      response.end('1\n'),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const url = `https://user:pass@localhost:${(server.address() as AddressInfo).port}`
    const open = (authority?: string) => {
      const clickhouse = openClickHouseServer({ url, ca: authority })
      onTestFinished(() => clickhouse.close())
      return clickhouse
    }
    await open(ca).ping()
    const refused = await open()
      .ping()
      .then(String, (error: Error) => `${error.name}: ${error.message}`)
    expect(refused).toMatch(/^StoreError: .*certificate/)
    expect(refused).not.toContain('pass')
  },
)
