import { expect, it } from 'vitest'
import { createWaiters } from './waiters.js'

const FOR_EVER_MS = 100_000
const never = new AbortController().signal
const nothing = async () => false

it('ends at once when there is something already', async () => {
  await createWaiters(() => {}).wait('logs', FOR_EVER_MS, never, async () => true)
})

it('hears what comes while it asks whether there is something', async () => {
  const waiters = createWaiters(() => {})
  await waiters.wait('logs', FOR_EVER_MS, never, async () => {
    waiters.wake('logs')
    return false
  })
})

it('wakes all who wait for a signal, and nobody else', async () => {
  const waiters = createWaiters(() => {})
  const ended: string[] = []
  const wait = (name: string, signal: 'logs' | 'rum') =>
    waiters.wait(signal, FOR_EVER_MS, never, nothing).then(() => ended.push(name))
  const all = [wait('a', 'logs'), wait('b', 'logs'), wait('c', 'rum')]
  waiters.wake('logs')
  await Promise.all(all.slice(0, 2))
  expect(ended).toEqual(['a', 'b'])
  waiters.close()
  await Promise.all(all)
  await waiters.wait('rum', FOR_EVER_MS, never, nothing)
})

it('waits on when it cannot be told whether there is something, and says so', async () => {
  const faults: unknown[] = []
  const waiters = createWaiters((error) => faults.push(error))
  const fault = new Error('The database is gone.')
  const begun = performance.now()
  await waiters.wait('logs', 50, never, () => Promise.reject(fault))
  expect(performance.now() - begun).toBeGreaterThan(45)
  expect(faults).toEqual([fault])
})
