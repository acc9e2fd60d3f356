import { RATINGS, VITALS } from '../../schema/domain/vitals.js'
import { InvalidBatchError, Issues, shown } from './issues.js'
import { BATCH_LIMITS, type TimeBounds } from './limits.js'
import { checkBatch } from './native-fields.js'
import type { NativeBatch } from './native-logs.js'
import { RUM_TYPES, type RumItem } from './rum-item.js'
import { attributes, type Check, hexId, number, object, text, time, word } from './shape.js'

const BATCH_FIELDS = new Set(['events', 'sentAt'])

const country: Check = (value, path, issues) => {
  if (typeof value !== 'string' || !/^[A-Za-z]{2}$/.test(value))
    issues.add(path, `expected the two letters of ISO 3166-1, found ${shown(value)}.`)
}

const name = text(255)
const fields = object(
  {
    type: word(RUM_TYPES),
    timestamp: time,
    app: name,
    appVersion: name,
    environment: name,
    session: name,
    user: name,
    view: name,
    page: text(BATCH_LIMITS.urlLength),
    url: text(BATCH_LIMITS.urlLength),
    referrer: text(BATCH_LIMITS.urlLength),
    name: text(BATCH_LIMITS.urlLength),
    value: number(),
    rating: word(RATINGS),
    error: object(
      {
        type: name,
        message: text(BATCH_LIMITS.attributeValueLength),
        stack: text(BATCH_LIMITS.stackLength),
        fingerprint: name,
      },
      ['message'],
    ),
    userAgent: text(1_024),
    browser: name,
    browserVersion: name,
    os: name,
    osVersion: name,
    device: name,
    country,
    region: name,
    city: name,
    traceId: hexId(32),
    spanId: hexId(16),
    attribution: attributes,
    attributes,
  },
  ['type'],
)

/**
 * A native batch of browser events: `{"events": [{type, …}], "sentAt"?}`; see `RumItem` for the fields.
 *
 * @param bounds Times the events may carry; null accepts any.
 * @throws InvalidBatchError with up to 20 issues.
 */
export function readNativeRum(body: unknown, bounds: TimeBounds | null): NativeBatch<RumItem> {
  const issues = new Issues()
  const { items, sentAt } = checkBatch(body, 'events', BATCH_FIELDS, BATCH_LIMITS.rum, issues)
  for (let i = 0; i < items.length && !issues.full; i++) {
    const before = issues.found.length
    fields(items[i], `events[${i}]`, issues, bounds)
    if (issues.found.length === before) checkType(items[i] as RumItem, `events[${i}]`, issues)
  }
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  // Every item was checked to be one.
  return { count: items.length, items: items as readonly RumItem[], sentAt }
}

/** What each type of event needs beside what all have. */
function checkType(event: RumItem, path: string, issues: Issues): void {
  const isNamed = event.name != null && event.name !== ''
  const type = event.type.toLowerCase()
  if (type === 'vital') {
    const metric = event.name?.toUpperCase() ?? ''
    if (!Object.hasOwn(VITALS, metric))
      issues.add(`${path}.name`, `expected ${Object.keys(VITALS).join(', ')}, found ${shown(event.name)}.`)
    if (event.value == null) issues.add(`${path}.value`, 'expected the value of the vital, found nothing.')
    else if (event.value < 0) issues.add(`${path}.value`, `expected a value of at least 0, found ${event.value}.`)
  } else if (type === 'error') {
    if (event.error == null) issues.add(`${path}.error`, 'expected an object with the message, found nothing.')
  } else if (type === 'view') {
    if (!event.page && !event.url) issues.add(`${path}.page`, 'expected a page or a url, found neither.')
  } else if (!isNamed) issues.add(`${path}.name`, `expected the name of the ${type} event, found nothing.`)
}
