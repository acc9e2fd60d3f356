import { MISSING_DATA_POLICIES, MONITOR_HEALTHS, MONITOR_STATES, SEVERITIES } from '../domain/alert.js'
import { USER_ERROR_CODES } from '../domain/errors.js'
import { INCIDENT_STATES } from '../domain/incident.js'
import { INGEST_KEY_SCHEMES } from '../domain/ingest-key.js'
import type { MatcherOp } from '../domain/matcher.js'
import { AGGREGATES } from '../domain/measure.js'
import { CHANNEL_KINDS, DELIVERY_STATUSES } from '../domain/notification.js'
import { ROLES } from '../domain/permission.js'
import { COMPARISONS } from '../domain/rule.js'
import { SCRUB_KINDS, SCRUB_STRATEGIES, type ScrubKind, type ScrubStrategy } from '../domain/scrub.js'
import type { Signal } from '../domain/signal.js'
import { RUM_DIMENSIONS } from '../domain/vitals.js'
import { registerEnumType } from './decorators.js'

/** An enum whose names are its values, registered from the domain's own list. */
function enumOf<Value extends string>(
  name: string,
  values: readonly Value[],
  description?: string,
  of?: Readonly<Record<Value, string>>,
) {
  const object = Object.fromEntries(values.map((value) => [value, value])) as { readonly [Key in Value]: Key }
  const valuesConfig = Object.fromEntries(
    values.flatMap((value) => (of === undefined ? [] : [[value, { description: of[value] }]])),
  ) as { readonly [Key in Value]?: { readonly description: string } }
  registerEnumType(object, { name, ...(description === undefined ? {} : { description }), valuesConfig })
  return object
}

export const RoleEnum = enumOf('Role', ROLES)
export const UserErrorCodeEnum = enumOf('UserErrorCode', USER_ERROR_CODES)
export const IngestKeySchemeEnum = enumOf(
  'IngestKeyScheme',
  INGEST_KEY_SCHEMES,
  'CANONICAL signs method, path, time, idempotency key, encoding and body; BODY signs the body alone; BEARER is for clients with static headers (OTLP, remote write): `authorization: Bearer` with the secret, and nothing is signed; BROWSER is a public write-only key for RUM.',
)
export const AggregateEnum = enumOf('Aggregate', AGGREGATES)
export const ComparisonEnum = enumOf('Comparison', COMPARISONS)
export const SeverityEnum = enumOf('Severity', SEVERITIES)
export const MonitorStateEnum = enumOf('MonitorState', MONITOR_STATES)
export const MonitorHealthEnum = enumOf(
  'MonitorHealth',
  MONITOR_HEALTHS,
  'Whether we can see, apart from what we saw: an error or blindness hides no FIRING.',
)
export const MissingDataPolicyEnum = enumOf(
  'MissingDataPolicy',
  MISSING_DATA_POLICIES,
  'What becomes of an alert whose data is observed to be missing.',
  {
    KEEP_STATE: 'It stays as it is: nothing resolves for want of data. The default.',
    ALERT: 'Missing data meets the critical level (the warning level where there is no other), after `for`.',
    RESOLVE: 'It becomes OK, and its incident resolves.',
    NO_DATA: 'It becomes NO_DATA, which pages nobody, and its incident resolves.',
  },
)
export const IncidentStateEnum = enumOf('IncidentState', INCIDENT_STATES)
export const ChannelKindEnum = enumOf('ChannelKind', CHANNEL_KINDS)
export const DeliveryStatusEnum = enumOf('DeliveryStatus', DELIVERY_STATUSES)
export const RumDimensionEnum = enumOf('RumDimension', RUM_DIMENSIONS)
export const OrderEnum = enumOf('Order', ['ASC', 'DESC'] as const)

export const MatchOperatorEnum = { EQ: '=', NEQ: '!=', RE: '=~', NRE: '!~' } as const satisfies Record<
  string,
  MatcherOp
>
registerEnumType(MatchOperatorEnum, { name: 'MatchOperator' })

export const SignalEnum = { LOGS: 'logs', METRICS: 'metrics', SPANS: 'spans', RUM: 'rum' } as const satisfies Record<
  string,
  Signal
>
registerEnumType(SignalEnum, { name: 'Signal' })

/** An enum whose names are the domain's words in capitals. */
function capitals<Word extends string>(words: readonly Word[]) {
  return Object.fromEntries(words.map((word) => [word.toUpperCase(), word])) as {
    readonly [Name in Word as Uppercase<Name>]: Name
  }
}

export const ScrubKindEnum = capitals<ScrubKind>(SCRUB_KINDS)
registerEnumType(ScrubKindEnum, {
  name: 'ScrubKind',
  description:
    'What is looked for in telemetry. SECRET is a value under a name such as password, whatever it looks like.',
})

export const ScrubStrategyEnum = capitals<ScrubStrategy>(SCRUB_STRATEGIES)
registerEnumType(ScrubStrategyEnum, {
  name: 'ScrubStrategy',
  description: 'What becomes of a finding.',
  valuesConfig: {
    REDACT: { description: 'Its kind is left: `[email]`.' },
    MASK: { description: 'Its last four characters are left.' },
    HASH: { description: 'A keyed hash is left: the same value gives the same one within an org.' },
    KEEP: { description: 'All of it is left.' },
  },
})
