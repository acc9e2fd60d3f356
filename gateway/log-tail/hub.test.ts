import { afterEach, describe, expect, it } from 'vitest'
import { type FlushSnapshot, NO_FLUSHES, sees } from '../../schema/domain/horizon.js'
import { QUERY_BOUNDS, QueryBoundError } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { CursorError } from '../../schema/ports/control-plane.js'
import { type LogTailReader, type NewLogs, StoreError } from '../../schema/ports/telemetry.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { createQueryTurns } from '../query-turns.js'
import { createTailHub, type TailHub } from './hub.js'
import type { Tail } from './tail.js'

/** Flushes and records in memory; a record is named by its number, which is its time too. */
interface Stored {
  readonly flush: bigint
  readonly number: number
}
let stored: Stored[] = []
let now: FlushSnapshot = NO_FLUSHES
let fails: Error | null = null
let asked: NewLogs[] = []
let hub: TailHub
const opened: AbortController[] = []

const met = ({ before, after, beyond }: NewLogs) =>
  stored
    .filter(({ flush, number }) => sees(after, flush) && !sees(before, flush) && number > Number(beyond ?? -1))
    .map(({ number }) => number)
    .sort((a, b) => a - b)
const reader: LogTailReader = {
  async page({ first, newest, ...query }) {
    asked.push(query)
    if (fails !== null) throw fails
    const numbers = met(query)
    const shown = newest ? numbers.slice(-first) : numbers.slice(0, first)
    const records = shown.map((number) => ({ cursor: String(number), record: recordOf(number) }))
    return { records, hasNextPage: numbers.length > first }
  },
  count: async (query) => met(query).length,
}
const recordOf = (number: number) => ({
  ...{ id: `${number}`, at: '', service: 'api', level: '', message: `${number}` },
  ...{ traceId: null, spanId: null, attributes: {} },
})

function start(): TailHub {
  hub = createTailHub({
    flushes: {
      snapshot: async () => now,
      dirtySlices: async (_org, _signal, before, after) => {
        const isNew = stored.some(({ flush }) => sees(after, flush) && !sees(before, flush))
        return { slices: isNew ? [1] : [], ranges: [] }
      },
    },
    logTail: { forOrg: () => reader },
    queryTurns: createQueryTurns({ of: async () => QUERY_BOUNDS }),
    log: quietLog(),
    roundMs: 1,
  })
  return hub
}

/** Stores records and closes flushes. */
function store(snapshot: FlushSnapshot, ...more: readonly [flush: bigint, ...numbers: number[]][]): void {
  stored.push(...more.flatMap(([flush, ...numbers]) => numbers.map((number) => ({ flush, number }))))
  now = snapshot
}

function open(after: string | null = null, selector = '{}'): Promise<Tail> {
  const controller = new AbortController()
  opened.push(controller)
  return hub.open('org_a', selector, after, controller.signal)
}

/** The next events up to so many records. */
async function take(tail: Tail, records: number) {
  const events = []
  for (let left = records; left > 0; ) {
    const { done, value } = await tail.next()
    if (done) throw new Error('The tail has ended.')
    events.push(value)
    if (value.record !== null) left -= 1
  }
  return events
}
const numbersOf = (events: readonly { record: { message: string } | null }[]) =>
  events.flatMap(({ record }) => (record === null ? [] : [Number(record.message)]))

afterEach(async () => {
  for (const controller of opened.splice(0)) controller.abort()
  await hub.close()
  ;[stored, asked, now, fails] = [[], [], NO_FLUSHES, null]
})

describe('a tail', () => {
  it('says where it stands, and shows what is stored from then on, in order', async () => {
    store({ upTo: 3n, except: [] }, [3n, 1])
    start()
    const tail = await open()
    expect((await tail.next()).value).toMatchObject({ record: null, dropped: 0 })
    store({ upTo: 5n, except: [] }, [4n, 20], [5n, 10])
    expect(numbersOf(await take(tail, 2))).toEqual([10, 20])
    store({ upTo: 6n, except: [] }, [6n, 5])
    expect(numbersOf(await take(tail, 1))).toEqual([5])
  })

  it('shows a flush that was open when a later one was closed', async () => {
    start()
    const tail = await open()
    store({ upTo: 2n, except: [1n] }, [1n, 1], [2n, 2])
    expect(numbersOf(await take(tail, 1))).toEqual([2])
    store({ upTo: 2n, except: [] })
    expect(numbersOf(await take(tail, 1))).toEqual([1])
  })

  it('goes on at any of its cursors without a gap or a double', async () => {
    start()
    const tail = await open()
    store({ upTo: 3n, except: [2n] }, [1n, 1, 5, 9], [2n, 6, 7], [3n, 4])
    const events = await take(tail, 4)
    store({ upTo: 3n, except: [] })
    events.push(...(await take(tail, 2)))
    store({ upTo: 4n, except: [] }, [4n, 2, 8])
    events.push(...(await take(tail, 2)))
    const all = numbersOf(events)
    expect(all).toEqual([1, 4, 5, 9, 6, 7, 2, 8])
    for (const [index, { cursor }] of events.entries()) {
      const shown = numbersOf(events.slice(0, index + 1))
      const left = all.filter((number) => !shown.includes(number))
      const again = await open(cursor)
      const found: number[] = []
      for (let event = (await again.next()).value; event.record !== null; event = (await again.next()).value)
        found.push(Number(event.record.message))
      expect([index, [...found].sort()]).toEqual([index, [...left].sort()])
    }
  })

  it('joins others after it caught up, and shows what came meanwhile once', async () => {
    start()
    const first = await open()
    const place = (await first.next()).value.cursor
    store({ upTo: 1n, except: [] }, [1n, 1])
    await take(first, 1)
    const second = await open(place)
    store({ upTo: 2n, except: [] }, [2n, 2])
    expect(numbersOf(await take(second, 2))).toEqual([1, 2])
    expect(numbersOf(await take(first, 1))).toEqual([2])
  })

  it('reads once for all that look at the same', async () => {
    start()
    const tails = await Promise.all([open(), open(), open()])
    store({ upTo: 1n, except: [] }, [1n, 1])
    for (const tail of tails) expect(numbersOf(await take(tail, 1))).toEqual([1])
    expect(asked).toHaveLength(1)
  })

  it('shows the newest of too many and says how many it left out', async () => {
    start()
    const tail = await open()
    store({ upTo: 1n, except: [] }, [1n, ...Array.from({ length: 1_000 }, (_, number) => number)])
    const events = (await take(tail, 400)).filter(({ record }) => record !== null)
    expect(events[0]).toMatchObject({ dropped: 600, record: { message: '600' } })
    expect(events.slice(1).every(({ dropped }) => dropped === 0)).toBe(true)
  })

  it('catches up with many pages, and counts what is too much', async () => {
    start()
    const place = (await (await open()).next()).value.cursor
    store({ upTo: 1n, except: [] }, [1n, ...Array.from({ length: 10_700 }, (_, number) => number)])
    const events = await take(await open(place), 10_000)
    expect(numbersOf(events)).toEqual(Array.from({ length: 10_000 }, (_, number) => number))
    const tail = await open(events.at(-1)?.cursor)
    expect(numbersOf(await take(tail, 700)).at(-1)).toBe(10_699)
    const cut = await open(place)
    await take(cut, 10_000)
    expect((await cut.next()).value).toMatchObject({ record: null, dropped: 700 })
  })

  it('waits for a store that is away, and misses nothing', async () => {
    start()
    const tail = await open()
    fails = new StoreError('store', 'Gone.')
    store({ upTo: 1n, except: [] }, [1n, 1])
    await expect.poll(() => asked.length, { timeout: 60_000 }).toBeGreaterThan(2)
    fails = null
    expect(numbersOf(await take(tail, 1))).toEqual([1])
  })

  it.each([
    ['reads too much', new QueryBoundError('rows', 'Too many rows.')],
    ['cannot be run', new StoreError('query', 'No such function.')],
  ])('ends when what it asks %s', async (_name, error) => {
    start()
    const tail = await open()
    await tail.next()
    fails = error
    store({ upTo: 1n, except: [] }, [1n, 1])
    await expect(tail.next()).rejects.toThrow(error.message)
    expect(await tail.next()).toEqual({ done: true, value: undefined })
  })

  it('ends with its signal, its reader and the hub', async () => {
    start()
    const [aborted, returned, closed] = await Promise.all([open(), open(), open()])
    for (const tail of [aborted, returned, closed]) await tail.next()
    const ends = [aborted, returned, closed].map((tail) => tail.next())
    opened[0]?.abort()
    await returned.return?.()
    await hub.close()
    expect(await Promise.all(ends)).toEqual(Array(3).fill({ done: true, value: undefined }))
  })

  it('is refused for a wrong query and a foreign cursor', async () => {
    start()
    await expect(open(null, '{a=')).rejects.toThrow(QueryError)
    await expect(open('hello')).rejects.toThrow(CursorError)
  })
})
