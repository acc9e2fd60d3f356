import type { Severity } from './alert.js'
import type { Labels } from './labels.js'
import type { Comparison, Rule } from './rule.js'
import type { ValueUnit } from './template.js'

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

/** What a monitor compares its values with, as far as a message says it. */
export interface Compared {
  readonly unit: ValueUnit
  readonly comparison: Comparison
  /** The level of the message's severity. */
  readonly level: number
  /** Null for a metric, whose expression carries its own window. */
  readonly windowMs: number | null
}

/** What a rule compares at a severity: its level, or the nearest one that it has; null when it has none. */
export function comparedBy(rule: Rule, severity: Severity): Compared | null {
  const level = severity === 'CRITICAL' ? (rule.critical ?? rule.warning) : (rule.warning ?? rule.critical)
  if (level === null) return null
  const unit = rule.kind === 'errorRatio' ? 'ratio' : 'number'
  return { unit, comparison: rule.comparison, level, windowMs: rule.windowMs }
}

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
  /** What the value was compared with; absent in older messages and where there is no monitor. */
  readonly compared?: Compared
  readonly reason: string
  /** Grid time of the transition, Unix ms. */
  readonly at: number
}
