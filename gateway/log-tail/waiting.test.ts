import { describe, expect, it } from 'vitest'
import { createWaiting, type TailEvent } from './waiting.js'

const event = (name: string, dropped = 0): TailEvent => ({
  cursor: name,
  record: { id: name, at: '', service: '', level: '', message: name, traceId: null, spanId: null, attributes: {} },
  dropped,
})
const place = (cursor: string): TailEvent => ({ cursor, record: null, dropped: 0 })

function taken(waiting: ReturnType<typeof createWaiting>) {
  const events = []
  for (let next = waiting.take(); next !== null; next = waiting.take()) events.push([next.cursor, next.dropped])
  return events
}

describe('what waits for a slow reader', () => {
  it('comes in order', () => {
    const waiting = createWaiting()
    waiting.add([event('a'), event('b')])
    waiting.add([event('c', 5)])
    expect(taken(waiting)).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 5],
    ])
  })

  it('loses its oldest past a number, and the next event says how many, with those they had lost', () => {
    const waiting = createWaiting({ waiting: 2, waitingCharacters: 1_000 })
    waiting.add([event('a', 3), event('b'), event('c')])
    waiting.add([event('d', 1)])
    expect(taken(waiting)).toEqual([
      ['c', 5],
      ['d', 1],
    ])
    waiting.add([event('e')])
    expect(taken(waiting)).toEqual([['e', 0]])
  })

  it('loses its oldest past a number of characters, never the last', () => {
    const waiting = createWaiting({ waiting: 100, waitingCharacters: 10 })
    waiting.add([event('x'.repeat(6)), event('y'.repeat(6))])
    expect(taken(waiting)).toEqual([['yyyyyy', 1]])
    waiting.add([event('z'.repeat(60))])
    expect(taken(waiting)).toEqual([['z'.repeat(60), 0]])
  })

  it('does not count what holds no record', () => {
    const waiting = createWaiting({ waiting: 1, waitingCharacters: 10 })
    waiting.add([place('here'), event('a')])
    expect(taken(waiting)).toEqual([['a', 0]])
  })
})
