import type { AttributeValue, LogRecord } from '../../schema/domain/telemetry.js'
import { normalName } from './normal-name.js'

/** Labels that are columns of table `logs`, by each name they go under. All others are attributes. */
export const COLUMN_LABELS: ReadonlyMap<string, 'service' | 'level' | 'trace_id' | 'span_id'> = new Map([
  ['service', 'service'],
  ['level', 'level'],
  ['trace_id', 'trace_id'],
  ['traceId', 'trace_id'],
  ['span_id', 'span_id'],
  ['spanId', 'span_id'],
])

/** What a filter sees of a log record. */
export type LabelledLog = Pick<LogRecord, 'service' | 'level' | 'message' | 'traceId' | 'spanId' | 'attributes'>

/**
 * The value of a stored label, the empty string when it is absent. An attribute is found under its own key first, then
 * under its normal name; of several with that name texts go before numbers, numbers before booleans, and the first in
 * byte order wins.
 */
export function storedLabel(record: LabelledLog, name: string): string {
  switch (COLUMN_LABELS.get(name)) {
    case 'service':
      return record.service
    case 'level':
      return record.level
    case 'trace_id':
      return record.traceId ?? ''
    case 'span_id':
      return record.spanId ?? ''
    default:
      return attributeText(attributeNamed(record.attributes, name))
  }
}

function attributeNamed(attributes: LogRecord['attributes'], name: string): AttributeValue | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name]
  if (!isNormal(name)) return undefined
  const keys = Object.keys(attributes)
    .filter((key) => normalName(key) === name)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  for (const type of ['string', 'number', 'boolean']) {
    const key = keys.find((each) => typeof attributes[each] === type)
    if (key !== undefined) return attributes[key]
  }
  return undefined
}

/** Whether a name can be that of a key written otherwise: only an underscore stands for other characters. */
export function isNormal(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.includes('_')
}

function attributeText(value: AttributeValue | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'number' ? numberText(value) : String(value)
}

/** A number as ClickHouse writes it: the shortest form, `1e21` where JavaScript says `1e+21`. */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value).replace('e+', 'e')
}
