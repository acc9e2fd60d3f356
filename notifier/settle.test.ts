import { describe, expect, it } from 'vitest'
import type { Log } from '../schema/ports/clock.js'
import type { NotificationStore } from '../schema/ports/notifications.js'
import { aChannel, settleFacts } from '../test/builders/settle-facts.js'
import { createMeter } from './meter.js'
import { createSettle } from './settle.js'

/** What is logged as an error when a row with these facts is settled. */
async function errorsOf(facts: ReturnType<typeof settleFacts>): Promise<object[]> {
  const errors: object[] = []
  const silent = () => undefined
  const log: Log = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (fields, message) => void errors.push({ ...fields, message }),
    child: () => log,
  }
  const store: Pick<NotificationStore, 'settle'> = {
    settle: async (_id, _now, plan) => {
      plan(facts)
      return { incidentId: facts.incident.id, settled: 1, due: [] }
    },
  }
  const settle = createSettle({
    store,
    schedule: async () => undefined,
    fanOut: { publish: async () => undefined },
    clock: { now: () => facts.now },
    random: { bytes: (length) => new Uint8Array(length) },
    log,
    meter: createMeter(),
  })
  await settle(1n)
  return errors
}

describe('an incident that fires', () => {
  it.each([
    ['without any channel', { channels: [] }],
    ['to a disabled channel alone', { channels: [aChannel('ops', { live: false })], notify: ['ops'] }],
  ])('%s is an error in the log', async (_, facts) => {
    expect(await errorsOf(settleFacts(facts))).toMatchObject([
      { org: 'acme', incident: 7, monitor: 'errors', message: 'An incident fires and nobody is told of it.' },
    ])
  })

  it.each([
    ['to a channel', {}],
    ['and ends where nobody is left', { channels: [], outbox: { kind: 'resolved' as const } }],
  ])('%s is none', async (_, facts) => expect(await errorsOf(settleFacts(facts))).toEqual([]))
})
