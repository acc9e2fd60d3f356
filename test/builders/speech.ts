import type { Speech } from '../../notifier/channel.js'
import type { Message } from '../../schema/domain/notification.js'

const BEGIN = Date.UTC(2026, 2, 1, 12)

/** A frozen message with everything at a plain value, for tests. */
export function aMessage(overrides: Partial<Message> = {}): Message {
  return {
    notificationId: 'ntf_speech',
    kind: 'firing',
    org: { slug: 'acme', name: 'Acme' },
    incident: {
      id: 'inc_speech',
      number: 7,
      title: 'Errors in checkout',
      severity: 'WARNING',
      labels: { service: 'checkout' },
      startedAt: BEGIN,
      resolvedAt: null,
    },
    monitor: {
      id: 'mon_speech',
      key: 'errors',
      name: 'Errors',
      description: null,
      body: 'See {{labels.service}} at {{value}}.',
      runbookUrl: 'https://runbooks.example/errors',
    },
    value: 12.5,
    reason: 'threshold',
    at: BEGIN,
    ...overrides,
  }
}

/** What a channel is asked to say, with everything at a plain value, for tests. */
export function aSpeech(overrides: Partial<Speech> = {}): Speech {
  return {
    deliveryId: 'dlv_speech',
    says: 'firing',
    message: aMessage(),
    link: 'https://tocsin.example/incidents/7',
    thread: { deliveryId: 'dlv_speech', receipt: null },
    now: BEGIN,
    ...overrides,
  }
}
