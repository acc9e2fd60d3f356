import { InvalidBatchError, Issues } from '../parse/issues.js'
import { sharedAttributes } from '../parse/known-shared.js'
import { storedLevel } from '../parse/level.js'
import type { TimeBounds } from '../parse/limits.js'
import type { NativeLog } from '../parse/native-logs.js'
import { nanosecondsText } from '../parse/timestamp.js'
import { readAnyValue, readAttributes } from './any-value.js'
import { enumValue, type Fields, hasFields, id, instant, messages, text } from './fields.js'
import { OTLP_LIMITS } from './limits.js'
import { SharedSize, sharedParts } from './shared.js'

/** Levels of severity numbers, four each from 1 on (OpenTelemetry's log data model, "Field: SeverityNumber"). */
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
const SEVERITIES = ['UNSPECIFIED', ...LEVELS.flatMap((level) => ['', 2, 3, 4].map((n) => level.toUpperCase() + n))]

/**
 * The logs of an `ExportLogsServiceRequest`. The time is the event's, else the observer's, else that of acceptance; the
 * body a text, or the JSON of what is none; the level that of the severity number, else of its text.
 *
 * @throws InvalidBatchError with up to 20 issues.
 */
export function readOtlpLogs(request: unknown, bounds: TimeBounds): readonly NativeLog[] {
  const issues = new Issues()
  const logs: NativeLog[] = []
  const size = new SharedSize()
  if (!hasFields(request)) throw new InvalidBatchError([{ path: '', message: 'The body is no object.' }])
  for (const part of sharedParts(request, 'resourceLogs', 'scopeLogs', issues)) {
    const { scopeName, scopeVersion } = part
    const shared = {
      ...sharedAttributes(part.resource, part.scopeAttributes),
      ...(scopeName !== '' && { 'scope.name': scopeName }),
      ...(scopeVersion !== '' && { 'scope.version': scopeVersion }),
    }
    for (const [record, path] of messages(part.of, 'logRecords', part.path, issues)) {
      size.take(shared)
      logs.push({ ...readRecord(record, path, bounds, issues), service: part.service, shared })
    }
  }
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  return logs
}

function readRecord(record: Fields, path: string, bounds: TimeBounds, issues: Issues): NativeLog {
  const at =
    instant(record.timeUnixNano, bounds, `${path}.timeUnixNano`, issues) ??
    instant(record.observedTimeUnixNano, bounds, `${path}.observedTimeUnixNano`, issues)
  const severity = enumValue(record.severityNumber, SEVERITIES, 'SEVERITY_NUMBER_', `${path}.severityNumber`, issues)
  const severityText = text(record.severityText, OTLP_LIMITS.nameLength, `${path}.severityText`, issues)
  const level = LEVELS[Math.floor((severity - 1) / 4)]
  const eventName = text(record.eventName, OTLP_LIMITS.nameLength, `${path}.eventName`, issues)
  const attributes = readAttributes(record, path, issues) as Record<string, unknown>
  if (eventName !== '') attributes['event.name'] ??= eventName
  // The sender's own word is kept where the level does not say the same.
  if (level !== undefined && severityText !== '' && storedLevel(severityText) !== level)
    attributes['severity.text'] ??= severityText
  return {
    timestamp: at === null ? null : nanosecondsText(at.ms, at.ns),
    level: level ?? severityText.slice(0, 64),
    message: bodyText(readAnyValue(record.body, `${path}.body`, 0, issues)),
    traceId: id(record.traceId, 16, `${path}.traceId`, issues),
    spanId: id(record.spanId, 8, `${path}.spanId`, issues),
    attributes,
  }
}

function bodyText(body: unknown): string {
  if (body === null) return ''
  return typeof body === 'string' ? body : JSON.stringify(body)
}
