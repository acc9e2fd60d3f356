/** An event as it is sent; what every event has (app, session, view …) is added on the way. */
export interface RumEvent {
  readonly type: 'vital' | 'view' | 'error' | 'resource' | 'custom'
  readonly name?: string
  readonly value?: number
  readonly rating?: string
  readonly error?: { readonly type?: string; readonly message: string; readonly stack?: string }
  readonly attribution?: Plain
  readonly attributes?: Plain
}

type Plain = Readonly<Record<string, string | number | boolean>>

/** Lengths that the server takes, with room to spare; one event past them would have its whole batch refused. */
const NAME = 1_000
const MESSAGE = 8_000
const STACK = 16_000
const TEXT = 1_000
const FIELDS = 50

/** An error as an event. What is thrown need not be an Error. */
export function errorEvent(thrown: unknown, fallback = 'unknown error', attributes: object = {}): RumEvent {
  const known = thrown instanceof Error ? thrown : null
  const message = known?.message || (thrown === undefined || thrown === null ? fallback : String(thrown)) || fallback
  return {
    type: 'error',
    error: {
      message: message.slice(0, MESSAGE),
      ...(known === null ? {} : { type: known.name.slice(0, 255) }),
      ...(known?.stack === undefined ? {} : { stack: known.stack.slice(0, STACK) }),
    },
    attributes: plain(attributes),
  }
}

export function nameOf(text: string): string {
  return text.slice(0, NAME)
}

/** What of an object is text, number or boolean: attributions also hold elements and performance entries. */
export function plain(fields: object): Plain {
  const kept: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (Object.keys(kept).length === FIELDS) break
    if (typeof value === 'string') kept[name] = value.slice(0, TEXT)
    else if (typeof value === 'boolean' || Number.isFinite(value)) kept[name] = value
  }
  return kept
}
