import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { useProgram } from '../test/harness/program.js'
import { openTestEdge, type TestEdge } from '../test/ingest-edge.js'

/* A process that hands over a log and ends, with an edge to send it to or without. */

const run = useProgram('send-and-end')
let edge: TestEdge | null = null
afterEach(async () => {
  await edge?.close()
  edge = null
})

async function openEdge() {
  edge = await openTestEdge()
  // The program signs with the time of this machine.
  edge.clock.at = Date.now()
  return edge
}

test('a process that runs out of work sends what waits first', async () => {
  const { port, intake } = await openEdge()
  const program = run([`http://127.0.0.1:${port}`])
  await program.ended
  expect(program.process.exitCode).toBe(0)
  expect(intake.batches.map(({ items }) => items)).toEqual([1])
})

test('a signal that was named sends what waits, and then ends the process as it would have', async () => {
  const { port, intake } = await openEdge()
  const program = run([`http://127.0.0.1:${port}`, 'SIGTERM'])
  await program.heard('handed')
  program.process.kill('SIGTERM')
  await program.ended
  expect(program.process.signalCode).toBe('SIGTERM')
  expect(intake.batches.map(({ items }) => items)).toEqual([1])
})

test('a server that is away holds the end up for the bound, and the loss is told', async () => {
  const program = run([await nobody()])
  await program.ended
  expect(program.process.exitCode).toBe(0)
  expect(program.lines).toContainEqual({ dropped: 'CLOSED', items: 1 })
})

/** An address at which nobody answers any more. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}
