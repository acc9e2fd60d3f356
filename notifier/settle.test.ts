import { describe, expect, it } from 'vitest'
import type { Log } from '../schema/ports/clock.js'
import type { NotificationStore } from '../schema/ports/notifications.js'
import { aChannel, settleFacts } from '../test/builders/settle-facts.js'
import { createMeter } from './meter.js'
import { createSettle } from './settle.js'

/** What is logged at a level when a row with these facts is settled. */
async function logged(facts: ReturnType<typeof settleFacts>, level: 'info' | 'error'): Promise<object[]> {
  const lines = { info: [] as object[], error: [] as object[] }
  const silent = () => undefined
  const log: Log = {
    debug: silent,
    info: (fields, message) => void lines.info.push({ ...fields, message }),
    warn: silent,
    error: (fields, message) => void lines.error.push({ ...fields, message }),
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
  return lines[level]
}

describe('an incident that fires', () => {
  it.each([
    ['without any channel', { channels: [] }],
    ['to a disabled channel alone', { channels: [aChannel('ops', { live: false })], notify: ['ops'] }],
  ])('%s is an error in the log', async (_, facts) => {
    expect(await logged(settleFacts(facts), 'error')).toMatchObject([
      { org: 'acme', incident: 7, monitor: 'errors', message: 'An incident fires and nobody is told of it.' },
    ])
  })

  it.each([
    ['to a channel', {}],
    ['and ends where nobody is left', { channels: [], outbox: { kind: 'resolved' as const } }],
  ])('%s is none', async (_, facts) => expect(await logged(settleFacts(facts), 'error')).toEqual([]))
})

it.each([
  ['firing', 'An incident fires.'],
  ['resolved', 'An incident is resolved.'],
] as const)('%s is told in the log', async (kind, message) => {
  expect(await logged(settleFacts({ outbox: { kind } }), 'info')).toEqual([
    { org: 'acme', incident: 7, title: 'Errors in checkout', monitor: 'errors', severity: 'WARNING', message },
  ])
})
