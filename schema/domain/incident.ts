import type { Severity } from './alert.js'
import type { Labels } from './labels.js'

export const INCIDENT_STATES = ['TRIGGERED', 'ACKNOWLEDGED', 'RESOLVED'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]

/** One episode of a monitor and its incident key, from the first firing to the end of the last. */
export interface Incident {
  readonly id: string
  readonly orgId: string
  /** Counts up per org from 1. */
  readonly number: number
  /** Null when the incident is about Tocsin itself: blindness. */
  readonly monitorId: string | null
  readonly title: string
  readonly state: IncidentState
  readonly severity: Severity
  readonly labels: Labels
  /** Unix ms, as are all times. */
  readonly startedAt: number
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  readonly resolvedAt: number | null
}

/** What happened to an incident, in the order it happened. */
export interface TimelineEntry {
  readonly id: string
  readonly incidentId: string
  readonly at: number
  readonly kind: TimelineKind
  /** Who did it; null when Tocsin did. */
  readonly actor: string | null
  readonly text: string
  readonly data: unknown
}

export const TIMELINE_KINDS = [
  'triggered',
  'severity',
  'resolved',
  'notified',
  'not notified',
  'delivery failed',
  'comment',
] as const
export type TimelineKind = (typeof TIMELINE_KINDS)[number]
