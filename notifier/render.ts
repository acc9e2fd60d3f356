import { formatDuration } from '../schema/domain/duration.js'
import { labelNames } from '../schema/domain/labels.js'
import type { Message } from '../schema/domain/notification.js'
import type { Comparison } from '../schema/domain/rule.js'
import { fillTemplate, shownValue } from '../schema/domain/template.js'
import type { Speech } from './channel.js'
import { oneLine } from './text.js'

/** A message for people, before a medium escapes and cuts it. */
export interface Rendered {
  /** `Firing`, `Resolved` … */
  readonly state: string
  readonly title: string
  readonly tone: 'critical' | 'warning' | 'info' | 'good'
  /** Name and value, in the order in which they are read. */
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  readonly labels: readonly { readonly name: string; readonly value: string }[]
  /** What the monitor's author wrote for this moment; may span lines. */
  readonly body: string | null
  readonly runbookUrl: string | null
  readonly link: string | null
}

/** Puts a message into words. */
export function render(speech: Speech): Rendered {
  const { message, says } = speech
  const { incident, monitor } = message
  const facts = [
    { name: 'Severity', value: incident.severity },
    { name: 'Value', value: comparedValue(message, says) },
    { name: 'Reason', value: message.reason },
    { name: 'Started', value: utc(incident.startedAt) },
    ...(incident.resolvedAt === null
      ? []
      : [
          { name: 'Resolved', value: utc(incident.resolvedAt) },
          { name: 'Lasted', value: span(incident.resolvedAt - incident.startedAt) },
        ]),
    { name: 'Monitor', value: monitor === null ? 'Tocsin itself' : `${monitor.name} (${monitor.key})` },
    { name: 'Organisation', value: message.org.name },
  ]
  return {
    state: STATES[says],
    title: oneLine(incident.title),
    tone: toneOf(message, says),
    facts: facts.map(({ name, value }) => ({ name, value: oneLine(value) })),
    labels: labelNames(incident.labels).map((name) => ({ name, value: oneLine(incident.labels[name] ?? '') })),
    body: bodyOf(message),
    runbookUrl: monitor?.runbookUrl ?? null,
    link: speech.link,
  }
}

/** State, severity, number and title on one line: the subject of a mail, the fallback of a Slack message. */
export function headline(rendered: Rendered, speech: Speech): string {
  if (speech.says === 'test') return `[${rendered.state}] ${rendered.title}`
  const { incident } = speech.message
  const severity = speech.says === 'resolved' ? '' : ` ${incident.severity}`
  return `[${rendered.state}${severity}] #${incident.number} ${rendered.title}`
}

const STATES: Readonly<Record<Speech['says'], string>> = {
  firing: 'Firing',
  severity: 'Severity changed',
  resolved: 'Resolved',
  test: 'Test',
}

function toneOf(message: Message, says: Speech['says']): Rendered['tone'] {
  if (says === 'resolved') return 'good'
  if (says === 'test') return 'info'
  const tones = { CRITICAL: 'critical', WARNING: 'warning', INFO: 'info' } as const
  return tones[message.incident.severity]
}

/** `12 > 3 over 1m`: the value and, of what fires, the level that it passed. An end has passed none, and names it. */
function comparedValue({ value, compared }: Message, says: Speech['says']): string {
  const unit = compared?.unit ?? 'number'
  const shown = value === null ? 'none' : shownValue(value, unit)
  if (compared === undefined) return shown
  const level = `${SIGNS[compared.comparison]} ${shownValue(compared.level, unit)}`
  const over = compared.windowMs === null ? '' : ` over ${formatDuration(compared.windowMs)}`
  return value === null || says === 'resolved' ? `${shown} (level ${level}${over})` : `${shown} ${level}${over}`
}

const SIGNS: Readonly<Record<Comparison, string>> = { GT: '>', GTE: '≥', LT: '<', LTE: '≤', EQ: '=', NEQ: '≠' }

function bodyOf(message: Message): string | null {
  const text = message.monitor?.body ?? message.monitor?.description ?? null
  return text === null || text.trim() === ''
    ? null
    : fillTemplate(text, message.incident.labels, message.value, message.compared?.unit)
}

/** `2026-03-01 12:00:00 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A span of ms in its two largest units: `2 h 5 min`. */
export function span(ms: number): string {
  const units = [
    { name: 'd', ms: 86_400_000 },
    { name: 'h', ms: 3_600_000 },
    { name: 'min', ms: 60_000 },
    { name: 's', ms: 1_000 },
  ]
  let rest = Math.max(0, ms)
  const parts: string[] = []
  for (const unit of units) {
    const count = Math.floor(rest / unit.ms)
    rest -= count * unit.ms
    if (count > 0) parts.push(`${count} ${unit.name}`)
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ')
}
