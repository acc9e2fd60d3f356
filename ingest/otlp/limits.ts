/** Bounds of an OTLP request beside its bytes. The number of items has none. */
export const OTLP_LIMITS = {
  /** Values of a body in all: of JSON every value, of protobuf every field. */
  values: 1_500_000,
  /** Attributes of a resource, scope, log, span or point, those inside others counted. */
  attributes: 1_024,
  nameLength: 1_024,
  textLength: 1_048_576,
  /** Levels of arrays and objects inside an attribute or a body. */
  depth: 16,
  events: 1_024,
  links: 1_024,
  /** What resources and scopes add to rows, each time they are repeated: characters. */
  sharedCharacters: 64 * 1024 * 1024,
  /** Series of one histogram. */
  buckets: 2_048,
  labels: 64,
  labelLength: 4_096,
  metricNameLength: 255,
} as const
