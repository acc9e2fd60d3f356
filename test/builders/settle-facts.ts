import type { ChannelFacts, SettleFacts } from '../../schema/ports/notifications.js'

const BEGIN = Date.UTC(2026, 2, 1, 12)

/** A live channel that wants to hear of ends. */
export function aChannel(key: string, overrides: Partial<ChannelFacts> = {}): ChannelFacts {
  return { id: `chn_${key}`, key, name: key, kind: 'WEBHOOK', sendResolved: true, live: true, ...overrides }
}

/** What is known of a first firing; `notify` null leaves the routing to decide. */
export function settleFacts(
  overrides: Partial<Omit<SettleFacts, 'outbox'>> & {
    readonly outbox?: Partial<SettleFacts['outbox']>
    readonly notify?: readonly string[] | null
  } = {},
): SettleFacts {
  const { outbox, notify = null, ...rest } = overrides
  return {
    now: BEGIN,
    outbox: { id: 1n, kind: 'firing', at: BEGIN, value: 12.5, reason: 'threshold', severity: 'WARNING', ...outbox },
    orgId: 'org_1',
    org: { slug: 'acme', name: 'Acme' },
    incident: {
      id: 'inc_1',
      number: 7,
      title: 'Errors in checkout',
      labels: { service: 'checkout' },
      startedAt: BEGIN,
      resolvedAt: null,
    },
    monitor: {
      id: 'mon_1',
      key: 'errors',
      name: 'Errors',
      description: null,
      body: null,
      runbookUrl: null,
      notify,
    },
    channels: [aChannel('ops')],
    lanes: new Map(),
    ...rest,
  }
}
