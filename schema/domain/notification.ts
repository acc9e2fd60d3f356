import type { Severity } from './alert.js'
import type { Labels } from './labels.js'

/** What an outbox row tells the notifier: an incident began, changed its severity, or ended. */
export const OUTBOX_KINDS = ['firing', 'severity', 'resolved'] as const
export type OutboxKind = (typeof OUTBOX_KINDS)[number]

export const CHANNEL_KINDS = ['SLACK', 'EMAIL', 'WEBHOOK', 'PAGERDUTY', 'TEAMS', 'DISCORD'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'RETRYING', 'FAILED', 'SUPPRESSED'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** Why a message goes out, or why it does not. */
export const DEDUP_REASONS = [
  'first',
  'severity',
  'all resolved',
  'never heard firing',
  'resolved is off for this channel',
  'ended before it was heard',
  'already delivered',
  'channel disabled',
] as const
export type DedupReason = (typeof DEDUP_REASONS)[number]

/** A frozen message: persisted before it is sent, rendered for each kind of channel from the same facts. */
export interface Message {
  readonly notificationId: string
  readonly kind: OutboxKind
  readonly org: { readonly slug: string; readonly name: string }
  readonly incident: {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly severity: Severity
    readonly labels: Labels
    readonly startedAt: number
    readonly resolvedAt: number | null
  }
  /** Null for incidents about Tocsin itself. */
  readonly monitor: {
    readonly id: string
    readonly key: string
    readonly name: string
    readonly description: string | null
    readonly body: string | null
    readonly runbookUrl: string | null
  } | null
  /** The value that was judged at the transition; null when there was none. */
  readonly value: number | null
  readonly reason: string
  /** Grid time of the transition, Unix ms. */
  readonly at: number
}
