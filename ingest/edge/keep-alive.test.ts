import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { signCanonical } from '../../cli/signing.js'
import { NOW, oneLog, openTestEdge, SECRET } from '../../test/ingest-edge.js'

test('a connection serves on after a refusal that left a body unread', async () => {
  const edge = await openTestEdge({ limits: { bodyBytes: 1_000_000 } })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number | undefined>()
  const send = (body: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ port: edge.port, path: '/v1/logs', method: 'POST', agent, headers }, (answer) => {
        ports.add(answer.socket.localPort)
        answer.resume().on('end', () => resolve(answer.statusCode))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const headers = (body: string) => ({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-org-key': 'tk_public',
    ...signCanonical({ secret: SECRET, method: 'POST', path: '/v1/logs', timestamp: NOW, body }),
  })
  const large = 'x'.repeat(5_000_000)
  expect(await send(large, headers(large))).toBe(413)
  expect(await send(large, { 'content-length': String(large.length) })).toBe(415)
  expect(await send(oneLog(), headers(oneLog()))).toBe(202)
  expect(ports.size).toBe(1)
  agent.destroy()
  await edge.close()
})
