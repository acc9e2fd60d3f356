import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { FanOut } from '../schema/ports/limits.js'
import { quietLog } from '../test/conformance/quiet-log.js'
import { announcer } from './announcer.js'

function recording(publish: () => Promise<void> = async () => {}) {
  const said: string[] = []
  const fanOut: FanOut = {
    publish(_, payload) {
      said.push(payload)
      return publish()
    },
    subscribe: async () => async () => {},
    close: async () => {},
  }
  return { said, fanOut }
}

it('says the first at once and what follows together, each signal for itself', async () => {
  const { said, fanOut } = recording()
  const announce = announcer(fanOut, quietLog())
  for (let i = 0; i < 100; i++) announce.say('logs')
  announce.say('rum')
  expect(said).toEqual(['logs', 'rum'])
  await expect.poll(() => said).toEqual(['logs', 'rum', 'logs'])
  await sleep(60)
  expect(said).toHaveLength(3)
  announce.say('logs')
  expect(said).toHaveLength(4)
  await announce.close()
})

it('leaves nothing running when it closes, and bears a fan-out that fails', async () => {
  const log = quietLog()
  const { said, fanOut } = recording(() => Promise.reject(new Error('The network is gone.')))
  const announce = announcer(fanOut, log)
  announce.say('logs')
  announce.say('logs')
  await announce.close()
  await sleep(40)
  expect(said).toEqual(['logs'])
  expect(log.heard).toEqual(['Other processes were not told of an enqueue.'])
})
