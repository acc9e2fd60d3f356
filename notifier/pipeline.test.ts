import { describe, expect, it } from 'vitest'
import type { LaneEntry, SettleFacts } from '../schema/ports/notifications.js'
import { ruleOf } from '../test/builders/monitor.js'
import { aChannel, settleFacts } from '../test/builders/settle-facts.js'
import type { Stage } from './draft.js'
import { planNotification, STAGES } from './pipeline.js'

function plan(facts: SettleFacts, stages?: readonly Stage[]) {
  let ids = 0
  return planNotification(facts, { notification: () => 'ntf_1', delivery: () => `dlv_new${++ids}` }, stages)
}

function told(status: LaneEntry['status'], kind: LaneEntry['kind'] = 'firing'): LaneEntry[] {
  return [{ id: 'dlv_old', kind, status, mayHaveHeard: status === 'DELIVERED', inFlight: false }]
}

function reached(facts: SettleFacts): string[] {
  return plan(facts).deliveries.map(({ channelId, status, reason }) => `${channelId} ${status}: ${reason}`)
}

describe('a route', () => {
  const channels = [aChannel('mail'), aChannel('off', { live: false }), aChannel('ops')]

  it('left out leads to every live channel', () => {
    expect(reached(settleFacts({ channels }))).toEqual(['chn_mail PENDING: first', 'chn_ops PENDING: first'])
  })

  it('of an incident about Tocsin itself leads to every live channel', () => {
    expect(reached(settleFacts({ channels, monitor: null }))).toHaveLength(2)
  })

  it('by keys leads there alone, once each, and says that a disabled one is', () => {
    expect(reached(settleFacts({ channels, notify: ['off', 'ops', 'ops'] }))).toEqual([
      'chn_off SUPPRESSED: channel disabled',
      'chn_ops PENDING: first',
    ])
  })

  it('prefers the channel that has a key now to a deleted one that had it', () => {
    const deleted = aChannel('ops', { id: 'chn_deleted', live: false })
    expect(reached(settleFacts({ channels: [deleted, aChannel('ops')], notify: ['ops'] }))).toEqual([
      'chn_ops PENDING: first',
    ])
  })

  it('of an end leads also to whoever was told and is named no more', () => {
    const lanes = new Map([['chn_mail', told('DELIVERED')]])
    const facts = settleFacts({ channels, lanes, notify: ['ops'], outbox: { kind: 'resolved' } })
    expect(reached(facts)).toEqual(['chn_ops SUPPRESSED: never heard firing', 'chn_mail PENDING: all resolved'])
  })

  it('of a change of severity does not', () => {
    const lanes = new Map([['chn_mail', told('DELIVERED')]])
    const facts = settleFacts({ channels, lanes, notify: ['ops'], outbox: { kind: 'severity' } })
    expect(reached(facts)).toEqual(['chn_ops PENDING: first'])
  })

  it.each([
    [
      ['nope'],
      [aChannel('off', { live: false })],
      [
        'No channel has the key nope, which monitor errors names in notify.',
        'Nobody is notified: the organisation has no enabled channel.',
      ],
    ],
    [[], channels, ['Nobody is notified: the monitor’s notify list is empty.']],
    [null, [], ['Nobody is notified: the organisation has no enabled channel.']],
  ])('to nobody is said: %j', (notify, known, texts) => {
    const { deliveries, changes } = plan(settleFacts({ channels: known, notify }))
    expect(deliveries).toEqual([])
    expect(changes.notes.map((note) => note.text)).toEqual(texts)
  })

  it('by keys of which none is known leads to every live channel, and says so', () => {
    const facts = settleFacts({ channels, notify: ['nope', 'gone'] })
    expect(reached(facts)).toEqual(['chn_mail PENDING: first', 'chn_ops PENDING: first'])
    expect(plan(facts).changes.notes.map((note) => note.text)).toEqual([
      'No channel has the key nope, which monitor errors names in notify.',
      'No channel has the key gone, which monitor errors names in notify.',
      'No channel that monitor errors names in notify is known: every enabled channel is notified instead.',
    ])
  })

  it('by a known key beside an unknown one leads to the known', () => {
    expect(reached(settleFacts({ channels, notify: ['nope', 'ops'] }))).toEqual(['chn_ops PENDING: first'])
  })
})

describe('the end of an incident', () => {
  it('takes an unheard firing with it, and both are noted', () => {
    const lanes = new Map([['chn_ops', told('RETRYING')]])
    const { deliveries, changes } = plan(settleFacts({ lanes, outbox: { kind: 'resolved' } }))
    expect(deliveries).toMatchObject([{ status: 'SUPPRESSED', reason: 'never heard firing' }])
    expect(changes.suppressed).toEqual([{ id: 'dlv_old', reason: 'ended before it was heard' }])
    expect(changes.notes.map(({ kind }) => kind)).toEqual(['not notified', 'not notified'])
  })

  it('is frozen with its time; before it, there is none', () => {
    const at = Date.UTC(2026, 2, 1, 13)
    const incident = { ...settleFacts().incident, resolvedAt: at }
    expect(plan(settleFacts({ incident, outbox: { kind: 'resolved', at } })).message.incident.resolvedAt).toBe(at)
    expect(plan(settleFacts({ incident })).message.incident.resolvedAt).toBeNull()
  })
})

it('a message keeps the severity of its own transition', () => {
  const { message } = plan(settleFacts({ outbox: { severity: 'CRITICAL', value: null, reason: 'no data' } }))
  expect(message).toMatchObject({ incident: { severity: 'CRITICAL' }, value: null, reason: 'no data' })
})

it('a stage that decides first is not overruled', () => {
  const hush: Stage = (draft) => ({
    ...draft,
    recipients: draft.recipients.map((recipient) => ({
      ...recipient,
      decision: { status: 'SUPPRESSED', reason: 'channel disabled' },
    })),
  })
  const [route, dedup] = STAGES
  if (route === undefined || dedup === undefined) throw new Error('The pipeline has lost a stage.')
  expect(plan(settleFacts(), [route, hush, dedup]).deliveries).toMatchObject([{ status: 'SUPPRESSED' }])
})

it('a message keeps what its severity compared with', () => {
  const { monitor } = settleFacts()
  if (monitor === null) throw new Error('The builder makes a monitor.')
  const rule = ruleOf({
    threshold: { measure: { logs: {} }, window: '1m', comparison: 'GT', critical: 9, warning: 3 },
  })
  const facts = settleFacts({ monitor: { ...monitor, rule } })
  expect(plan(facts).message.compared).toEqual({ unit: 'number', comparison: 'GT', level: 3, windowMs: 60_000 })
})
