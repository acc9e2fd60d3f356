import { RATINGS, VITALS } from '../../schema/domain/vitals.js'
import { InvalidBatchError, Issues, type Place, placeOf, shown } from './issues.js'
import { BATCH_LIMITS, type TimeBounds } from './limits.js'
import { checkBatch } from './native-fields.js'
import type { NativeBatch } from './native-logs.js'
import { RUM_TYPES, type RumItem } from './rum-item.js'
import { attributes, type Check, checkEach, hexId, number, object, text, time, word } from './shape.js'

const BATCH_FIELDS = new Set(['events', 'sentAt'])

const country: Check = (value, place, issues) => {
  if (typeof value !== 'string' || !/^[A-Za-z]{2}$/.test(value))
    issues.add(place, `expected the two letters of ISO 3166-1, found ${shown(value)}.`)
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
  checkEach(items, 'events', checkEvent, issues, bounds)
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  // Every item was checked to be one.
  return { count: items.length, items: items as readonly RumItem[], sentAt }
}

const checkEvent: Check = (event, place, issues, bounds) => {
  const before = issues.found.length
  fields(event, place, issues, bounds)
  if (issues.found.length === before) checkType(event as RumItem, place, issues)
}

/** What each type of event needs beside what all have. */
function checkType(event: RumItem, place: Place, issues: Issues): void {
  const isNamed = event.name != null && event.name !== ''
  const type = event.type.toLowerCase()
  if (type === 'vital') {
    const metric = event.name?.toUpperCase() ?? ''
    if (!Object.hasOwn(VITALS, metric))
      issues.add(placeOf(place, 'name'), `expected ${Object.keys(VITALS).join(', ')}, found ${shown(event.name)}.`)
    if (event.value == null) issues.add(placeOf(place, 'value'), 'expected the value of the vital, found nothing.')
    else if (event.value < 0)
      issues.add(placeOf(place, 'value'), `expected a value of at least 0, found ${event.value}.`)
  } else if (type === 'error') {
    if (event.error == null) issues.add(placeOf(place, 'error'), 'expected an object with the message, found nothing.')
  } else if (type === 'view') {
    if (!event.page && !event.url) issues.add(placeOf(place, 'page'), 'expected a page or a url, found neither.')
  } else if (!isNamed) issues.add(placeOf(place, 'name'), `expected the name of the ${type} event, found nothing.`)
}
