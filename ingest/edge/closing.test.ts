import { Agent } from 'node:http'
import { expect, test } from 'vitest'
import { oneLog, openTestEdge } from '../../test/ingest-edge.js'

test('closing waits for what is under way, and what was accepted is in the intake', async () => {
  const edge = await openTestEdge()
  let open = () => {}
  edge.intake.gate = new Promise((resolve) => {
    open = resolve
  })
  const underWay = edge.post()
  await expect
    .poll(async () => (await edge.send({ method: 'GET', path: '/metrics' })).text)
    .toContain(`\ntocsin_ingest_held_bytes ${oneLog().length}\n`)
  let closed = false
  const closing = edge.close().then(() => {
    closed = true
  })
  // Its turn of the event loop has passed when another connection was refused.
  await expect(edge.post()).rejects.toThrow()
  expect(closed).toBe(false)
  open()
  expect((await underWay).status).toBe(202)
  await closing
  expect(edge.intake.batches).toHaveLength(1)
})

test('a connection that is kept alive does not hold the close up', async () => {
  const edge = await openTestEdge()
  let open = () => {}
  edge.intake.gate = new Promise((resolve) => {
    open = resolve
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const underWay = edge.post({ agent })
  await expect
    .poll(async () => (await edge.send({ method: 'GET', path: '/metrics' })).text)
    .toContain(`\ntocsin_ingest_held_bytes ${oneLog().length}\n`)
  const closing = edge.close()
  await expect(edge.post()).rejects.toThrow()
  const start = performance.now()
  open()
  expect((await underWay).headers.connection).toBe('close')
  await closing
  expect(performance.now() - start).toBeLessThan(2_000)
  agent.destroy()
})

test('a port in use is named in a sentence', async () => {
  const edge = await openTestEdge()
  await expect(openTestEdge({ port: edge.port })).rejects.toThrow(
    /^Port \d+ of 127\.0\.0\.1 is in use; set TOCSIN_INGEST_PORT/,
  )
  await edge.close()
})
