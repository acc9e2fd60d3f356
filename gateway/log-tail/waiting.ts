import type { LogRecord } from '../../schema/domain/telemetry.js'
import { TAIL_BOUNDS } from './bounds.js'

/** What a tail shows: a record, or only where it is and how much was left out before. */
export interface TailEvent {
  readonly cursor: string
  readonly record: LogRecord | null
  /** Records that were left out right before this event. */
  readonly dropped: number
}

/** Events that wait for their reader. Beyond the bounds the oldest are dropped, and the next event says how many. */
export interface Waiting {
  add(events: readonly TailEvent[]): void
  take(): TailEvent | null
}

export function createWaiting(
  bounds: { readonly waiting: number; readonly waitingCharacters: number } = TAIL_BOUNDS,
): Waiting {
  let events: TailEvent[] = []
  let characters = 0
  /** What the next event has to say beside its own. */
  let owed = 0

  function first(): TailEvent | null {
    const event = events.shift() ?? null
    characters -= event?.record?.message.length ?? 0
    return event
  }

  return {
    add(more) {
      events = [...events, ...more]
      for (const { record } of more) characters += record?.message.length ?? 0
      while (events.length > bounds.waiting || (characters > bounds.waitingCharacters && events.length > 1)) {
        const left = first()
        owed += (left?.dropped ?? 0) + (left?.record == null ? 0 : 1)
      }
    },
    take() {
      const event = first()
      if (event === null || owed === 0) return event
      const dropped = event.dropped + owed
      owed = 0
      return { ...event, dropped }
    },
  }
}
