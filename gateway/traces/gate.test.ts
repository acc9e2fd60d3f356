import { expect, it } from 'vitest'
import { createGate } from './gate.js'

/** Work that ends when it is told to. */
function work() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { end, ended }
}
/** Lets everything that can go on do so. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
const { signal } = new AbortController()

it('lets in what fits, in the order in which it came', async () => {
  const gate = createGate(10)
  const running: string[] = []
  const pass = (name: string, weight: number, of = work(), until: AbortSignal = signal) => ({
    ...of,
    passed: gate(weight, until, async () => {
      running.push(name)
      await of.ended
      return name
    }),
  })
  const [a, b, c, d] = [pass('a', 6), pass('b', 4), pass('c', 5), pass('d', 1)]
  await settled()
  // d would fit once b is gone, but c came before.
  expect(running).toEqual(['a', 'b'])
  b.end()
  expect(await b.passed).toBe('b')
  await settled()
  expect(running).toEqual(['a', 'b'])
  a.end()
  await settled()
  expect(running).toEqual(['a', 'b', 'c', 'd'])
  c.end()
  d.end()
  expect(await Promise.all([a.passed, c.passed, d.passed])).toEqual(['a', 'c', 'd'])
})

it('lets what is heavier than all run alone, and gives room back when work fails', async () => {
  const gate = createGate(10)
  const first = work()
  const heavy = gate(99, signal, async () => {
    await first.ended
    throw new Error('broken')
  })
  let isIn = false
  const light = gate(1, signal, async () => {
    isIn = true
  })
  await settled()
  expect(isIn).toBe(false)
  first.end()
  await expect(heavy).rejects.toThrow('broken')
  await light
  expect(isIn).toBe(true)
})

it('forgets who leaves while waiting, and lets in who waited behind', async () => {
  const gate = createGate(10)
  const first = work()
  const running = gate(6, signal, () => first.ended)
  const leaving = new AbortController()
  const left = gate(9, leaving.signal, async () => 'never')
  const behind = gate(4, signal, async () => 'behind')
  leaving.abort()
  await expect(left).rejects.toMatchObject({ name: 'QueryCancelledError' })
  expect(await behind).toBe('behind')
  first.end()
  await running
  await expect(gate(1, leaving.signal, async () => 'never')).rejects.toMatchObject({ name: 'QueryCancelledError' })
})
