import { parseLogSelector } from '../../query/logql/index.js'
import type { FlushSnapshot } from '../../schema/domain/horizon.js'
import { type QueryBound, QueryBoundError } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { Log } from '../../schema/ports/clock.js'
import { StoreError } from '../../schema/ports/telemetry.js'
import { TAIL_BOUNDS } from './bounds.js'
import { type TailPosition, tailCursor, tailPosition } from './position.js'
import { eventsSince, newEvents, type TailStores } from './read-new.js'
import { createTail, type Tail } from './tail.js'
import type { TailEvent } from './waiting.js'

/** Bounds that say how busy an org or a store is, and nothing of the question. */
const PASSING: ReadonlySet<QueryBound> = new Set(['queries', 'time'])

/**
 * Tails of logs in this process. Every round it asks which flushes were closed since the last, and reads what they
 * brought once for each org and query, for all who look at the same.
 */
export interface TailHub {
  /**
   * Records that meet a query, from now on or from where a cursor was. The first event says where it stands.
   *
   * @throws QueryError, CursorError, StoreError
   */
  open(orgId: string, selector: string, after: string | null, signal: AbortSignal): Promise<Tail>
  /** Ends all tails. */
  close(): Promise<void>
}

/** A snapshot, and when it was asked for and answered, counted in what this process has done. */
interface Taken {
  readonly snapshot: FlushSnapshot
  readonly began: number
  readonly ended: number
}

/** Tails of one org that look at one query. */
interface Group {
  readonly orgId: string
  readonly selector: string
  readonly tails: Set<Tail>
  /** Tails that are about to join. */
  joining: number
  taken: Taken
  /** The step at work or done last; steps follow each other. */
  step: Promise<void>
  isBusy: boolean
  quietRounds: number
  failedRounds: number
}

export function createTailHub(deps: TailStores & { readonly log: Log; readonly roundMs?: number }): TailHub {
  const { flushes, log, roundMs = TAIL_BOUNDS.roundMs } = deps
  const groups = new Map<string, Group>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let round: Promise<void> = Promise.resolve()
  let count = 0

  async function take(): Promise<Taken> {
    const began = ++count
    const snapshot = await flushes.snapshot()
    return { snapshot, began, ended: ++count }
  }

  /** Brings a group's tails up to a snapshot, unless it is there: one asked for later sees all that one before saw. */
  async function step(group: Group, taken: Taken): Promise<void> {
    if (taken.began < group.taken.ended) return
    const [before, after] = [group.taken.snapshot, taken.snapshot]
    const query = { orgId: group.orgId, selector: group.selector, signal: closing.signal }
    const events = isSame(before, after) ? [] : await newEvents(deps, query, { before, after })
    group.taken = taken
    group.failedRounds = 0
    group.quietRounds = events.length > 0 ? 0 : group.quietRounds + 1
    if (group.quietRounds >= TAIL_BOUNDS.quietRounds) {
      group.quietRounds = 0
      show(group, [placeOf(after)])
    } else if (events.length > 0) show(group, events)
  }

  function inTurn(group: Group, taken: Taken): Promise<void> {
    const next = group.step.then(async () => {
      group.isBusy = true
      try {
        await step(group, taken)
      } finally {
        group.isBusy = false
      }
    })
    group.step = next.catch(() => undefined)
    return next
  }

  async function look(): Promise<void> {
    try {
      const taken = await take()
      for (const group of groups.values())
        if (!group.isBusy) inTurn(group, taken).catch((error) => failed(group, error))
    } catch (error) {
      for (const group of groups.values()) failed(group, error)
    }
  }

  /** What is wrong with the question ends its tails at once, a store that is away only after a while. */
  function failed(group: Group, cause: unknown): void {
    if (closing.signal.aborted) return
    const error = cause instanceof Error ? cause : new Error(String(cause))
    const isAsked =
      error instanceof QueryError ||
      (error instanceof QueryBoundError && !PASSING.has(error.bound)) ||
      (error instanceof StoreError && error.kind === 'query')
    group.failedRounds += 1
    if (!isAsked && group.failedRounds < TAIL_BOUNDS.failedRounds) {
      if (group.failedRounds === 1) log.warn({ err: error, orgId: group.orgId }, 'A tail of logs waits for its store.')
      return
    }
    for (const tail of group.tails) tail.end(error)
  }

  function schedule(): void {
    if (timer !== null || groups.size === 0 || closing.signal.aborted) return
    timer = setTimeout(() => {
      round = look().finally(() => {
        timer = null
        schedule()
      })
    }, roundMs)
  }

  /** The group of a query, held until `leave`. */
  async function join(orgId: string, selector: string): Promise<Group> {
    const key = keyOf(orgId, selector)
    let group = groups.get(key)
    if (group === undefined) {
      const taken = await take()
      // Another may have made it meanwhile.
      group = groups.get(key) ?? {
        ...{ orgId, selector, tails: new Set<Tail>(), joining: 0, taken },
        ...{ step: Promise.resolve(), isBusy: false, quietRounds: 0, failedRounds: 0 },
      }
      groups.set(key, group)
    }
    group.joining += 1
    return group
  }

  function leave(group: Group): void {
    if (group.tails.size === 0 && group.joining === 0) groups.delete(keyOf(group.orgId, group.selector))
  }

  function tailOf(group: Group, position: TailPosition | null, signal: AbortSignal): Tail {
    const { orgId, selector } = group
    const here = group.taken.snapshot
    const tail = createTail({
      caughtUp: position === null ? null : eventsSince(deps, { orgId, selector, signal }, position, here),
      signal,
      left(ended) {
        group.tails.delete(ended)
        leave(group)
      },
    })
    if (signal.aborted || closing.signal.aborted) {
      tail.end(null)
      return tail
    }
    group.tails.add(tail)
    if (position === null) tail.show([placeOf(here)])
    return tail
  }

  return {
    async open(orgId, selector, after, signal) {
      parseLogSelector(selector)
      const position = after === null ? null : tailPosition(after)
      const group = await join(orgId, selector)
      try {
        // Whoever comes with a cursor may have seen more than this process has looked for.
        if (position !== null) await inTurn(group, await take())
        return tailOf(group, position, signal)
      } finally {
        group.joining -= 1
        leave(group)
        schedule()
      }
    },
    async close() {
      closing.abort()
      if (timer !== null) clearTimeout(timer)
      const left = [...groups.values()]
      for (const { tails } of left) for (const tail of tails) tail.end(null)
      await round
      await Promise.all(left.map(({ step }) => step))
    },
  }
}

const keyOf = (orgId: string, selector: string): string => JSON.stringify([orgId, selector])

function show(group: Group, events: readonly TailEvent[]): void {
  for (const tail of group.tails) tail.show(events)
}

const placeOf = (seen: FlushSnapshot): TailEvent => ({
  cursor: tailCursor({ seen, within: null }),
  record: null,
  dropped: 0,
})

function isSame(a: FlushSnapshot, b: FlushSnapshot): boolean {
  return a.upTo === b.upTo && a.except.length === b.except.length && a.except.every((id) => b.except.includes(id))
}
