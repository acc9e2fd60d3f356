import type { Levels } from './rule.js'

/*
 * The alert state machine. Words:
 *   instance   one label set of one monitor, with a state of its own
 *   sample     what one tick saw of an instance: a value, or that nothing was there to see
 *   tick       a grid time; `now` is always grid time, so that a replay and a backtest decide as production did
 */

export const MONITOR_STATES = ['OK', 'PENDING', 'FIRING', 'NO_DATA'] as const
export type AlertState = (typeof MONITOR_STATES)[number]

export const MONITOR_HEALTHS = ['HEALTHY', 'ERROR', 'BLIND', 'BACKFILLING', 'PAUSED'] as const
/** Whether we can see, apart from what we saw. */
export type MonitorHealth = (typeof MONITOR_HEALTHS)[number]

export const SEVERITIES = ['CRITICAL', 'WARNING', 'INFO'] as const
export type Severity = (typeof SEVERITIES)[number]

export const MISSING_DATA_POLICIES = ['KEEP_STATE', 'ALERT', 'RESOLVE', 'NO_DATA'] as const
/** What becomes of an instance whose data is observed to be missing. KEEP_STATE is the default: nothing resolves for want of data. */
export type MissingDataPolicy = (typeof MISSING_DATA_POLICIES)[number]

/** Why an instance stands where it stands. */
export const STEP_REASONS = [
  'threshold',
  'below threshold',
  'recovered',
  'held by for',
  'held by keep firing',
  'held by recovery level',
  'severity',
  'no data',
  'missing series',
  'restarted',
  'paused',
  'edited',
  'deleted',
] as const
export type StepReason = (typeof STEP_REASONS)[number]

/** An instance's state. Times are grid times in Unix ms. */
export interface InstanceState {
  readonly state: AlertState
  /** Level reached; null unless PENDING, FIRING, or NO_DATA that alerts. */
  readonly severity: Severity | null
  /** Since when the condition has held without a break (PENDING and FIRING). */
  readonly activeAt: number | null
  readonly firedAt: number | null
  /** Last tick at which the condition held. */
  readonly lastTrueAt: number | null
  /** Ticks in a row for which no data was seen. */
  readonly missing: number
  readonly value: number | null
  readonly reason: StepReason
}

export const INITIAL_STATE: InstanceState = {
  state: 'OK',
  severity: null,
  activeAt: null,
  firedAt: null,
  lastTrueAt: null,
  missing: 0,
  value: null,
  reason: 'below threshold',
}

/** What one tick saw of an instance. */
export type Sample = { readonly kind: 'value'; readonly value: number } | { readonly kind: 'missing' }

/** What `step` needs of a monitor. */
export interface StepRule {
  readonly levels: Levels
  /** How long the condition must hold before it fires, ms. */
  readonly forMs: number
  /** How long it goes on firing after the condition ended, ms. */
  readonly keepFiringForMs: number
  readonly missingData: MissingDataPolicy
}

/** A change that people hear of: another state, or another severity while firing. */
export interface StepTransition {
  readonly from: AlertState
  readonly to: AlertState
  readonly fromSeverity: Severity | null
  readonly toSeverity: Severity | null
  readonly reason: StepReason
}

export interface StepResult {
  readonly next: InstanceState
  readonly transition: StepTransition | null
}

/**
 * The next state of an instance after the tick `now`.
 *
 * A value that meets a level is active: it fires once it has been active for `forMs`, with the severity of the highest
 * level met. A firing instance stays so while the value has not passed the recovery level, and for `keepFiringForMs`
 * after it did. What `missing` does is the monitor's policy alone. `for` raised on a firing instance takes effect with
 * the next episode.
 */
export function step(rule: StepRule, state: InstanceState, sample: Sample, now: number): StepResult {
  const next = sample.kind === 'missing' ? stepMissing(rule, state, now) : stepValue(rule, state, sample.value, now)
  const changed = next.state !== state.state || (next.state === 'FIRING' && next.severity !== state.severity)
  return {
    next,
    transition: changed
      ? {
          from: state.state,
          to: next.state,
          fromSeverity: state.severity,
          toSeverity: next.severity,
          reason: next.state === state.state ? 'severity' : next.reason,
        }
      : null,
  }
}

function stepValue(rule: StepRule, state: InstanceState, value: number, now: number): InstanceState {
  const met = severityOf(rule.levels, value)
  const seen = { missing: 0, value }
  if (met !== null) return active(rule, state, met, now, value)
  if (state.state === 'FIRING') {
    if (!hasRecovered(rule.levels, value))
      return { ...state, ...seen, lastTrueAt: now, reason: 'held by recovery level' }
    if (now - (state.lastTrueAt ?? now) < rule.keepFiringForMs)
      return { ...state, ...seen, reason: 'held by keep firing' }
    return { ...INITIAL_STATE, ...seen, reason: 'recovered' }
  }
  return { ...INITIAL_STATE, ...seen, reason: 'below threshold' }
}

/** PENDING or FIRING, by how long the condition has held. */
function active(
  rule: StepRule,
  state: InstanceState,
  severity: Severity,
  now: number,
  value: number | null,
): InstanceState {
  const wasActive = state.state === 'PENDING' || state.state === 'FIRING'
  const activeAt = wasActive ? (state.activeAt ?? now) : now
  const fires = state.state === 'FIRING' || now - activeAt >= rule.forMs
  return {
    state: fires ? 'FIRING' : 'PENDING',
    severity,
    activeAt,
    firedAt: fires ? (state.firedAt ?? now) : null,
    lastTrueAt: now,
    missing: value === null ? state.missing + 1 : 0,
    value,
    reason: value === null ? 'no data' : fires ? 'threshold' : 'held by for',
  }
}

function stepMissing(rule: StepRule, state: InstanceState, now: number): InstanceState {
  const missing = state.missing + 1
  switch (rule.missingData) {
    case 'KEEP_STATE':
      return { ...state, missing, reason: 'missing series' }
    case 'RESOLVE':
      return { ...INITIAL_STATE, missing, reason: 'missing series' }
    case 'ALERT':
      return active(rule, state, rule.levels.critical !== null ? 'CRITICAL' : 'WARNING', now, null)
    case 'NO_DATA':
      return { ...INITIAL_STATE, state: 'NO_DATA', missing, reason: 'no data' }
  }
}

/** The highest severity whose level a value meets; NaN meets none. */
export function severityOf(levels: Levels, value: number): Severity | null {
  if (levels.critical !== null && compare(value, levels, levels.critical)) return 'CRITICAL'
  if (levels.warning !== null && compare(value, levels, levels.warning)) return 'WARNING'
  return null
}

function compare(value: number, levels: Levels, level: number): boolean {
  switch (levels.comparison) {
    case 'GT':
      return value > level
    case 'GTE':
      return value >= level
    case 'LT':
      return value < level
    case 'LTE':
      return value <= level
    case 'EQ':
      return value === level
    case 'NEQ':
      return value !== level
  }
}

/** Whether a firing value has passed the recovery level: the comparison against that level no longer holds. */
function hasRecovered(levels: Levels, value: number): boolean {
  return levels.recovery === null || !compare(value, levels, levels.recovery)
}
