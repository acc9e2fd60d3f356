import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OutboxKind } from '../schema/domain/notification.js'
import type { ChannelFacts, LaneEntry } from '../schema/ports/notifications.js'
import { isOpen, spokenKind } from './dedup.js'
import { advance } from './lane.js'

/** How an attempt can end, and whether the receiver truly heard it. */
const ENDS = [
  'delivered',
  'lost',
  'heard but no answer',
  'not heard, no answer',
  'refused',
  'died heard',
  'died unheard',
] as const
type End = (typeof ENDS)[number]

/**
 * One receiver and the lane that speaks to it. Keeps what was sent and what was truly heard, which the lane itself
 * cannot know.
 */
class Lane {
  entries: LaneEntry[] = []
  channel: ChannelFacts = { id: 'chn', key: 'ops', name: 'Ops', kind: 'WEBHOOK', sendResolved: true, live: true }
  readonly sent: { index: number; says: OutboxKind; kind: OutboxKind }[] = []
  readonly heard: OutboxKind[] = []
  private flying: { id: string; before: boolean; says: OutboxKind } | null = null

  get resting(): boolean {
    return this.flying === null && this.outcome().next === null
  }

  outcome() {
    return advance(this.channel, this.entries)
  }

  arrive(kind: OutboxKind): void {
    const id = `dlv_${this.entries.length}`
    this.entries.push({ id, kind, status: 'PENDING', mayHaveHeard: false, inFlight: false })
    this.settle()
  }

  begin(): void {
    const { next } = this.outcome()
    if (this.flying !== null || next === null) return
    const index = this.entries.findIndex(({ id }) => id === next.id)
    const entry = this.entries[index]
    if (entry === undefined) return
    const says = spokenKind(entry.kind, next.reason)
    this.flying = { id: next.id, before: entry.mayHaveHeard, says }
    this.sent.push({ index, says, kind: entry.kind })
    this.change(next.id, { inFlight: true, mayHaveHeard: true })
    this.settle()
  }

  end(how: End): void {
    if (this.flying === null) return
    const { id, before, says } = this.flying
    this.flying = null
    if (how === 'delivered' || how === 'heard but no answer' || how === 'died heard') this.heard.push(says)
    if (how === 'delivered') this.change(id, { status: 'DELIVERED' })
    else if (how === 'refused') this.change(id, { status: 'FAILED', mayHaveHeard: before })
    else if (how === 'lost') this.change(id, { status: 'RETRYING', mayHaveHeard: before })
    // Without an answer, or with the process dead, it stays as one that may have been heard.
    else this.change(id, { status: 'RETRYING' })
    this.change(id, { inFlight: false })
    this.settle()
  }

  turnOff(): void {
    this.channel = { ...this.channel, sendResolved: false }
    this.settle()
  }

  /** A receiver that answers from now on. */
  calm(): void {
    for (let i = 0; i < 100 && !this.resting; i++) {
      if (this.flying === null) this.begin()
      else this.end('delivered')
    }
  }

  private settle(): void {
    for (const { id } of this.outcome().changes.suppressed) this.change(id, { status: 'SUPPRESSED' })
  }

  private change(id: string, change: Partial<LaneEntry>): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry))
  }
}

type Step = { readonly do: 'arrive' | 'begin' } | { readonly do: 'end'; readonly how: End }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ do: 'arrive' as const }),
  { weight: 2, arbitrary: fc.constant({ do: 'begin' as const }) },
  { weight: 2, arbitrary: fc.constantFrom(...ENDS).map((how) => ({ do: 'end' as const, how })) },
)

/** Plays steps; messages arrive in the order in which an incident has them. `check` runs after each step. */
function play(steps: readonly Step[], messages: readonly OutboxKind[], check: (lane: Lane) => void): Lane {
  const lane = new Lane()
  const coming = [...messages]
  for (const each of steps) {
    const next = each.do === 'arrive' ? coming.shift() : undefined
    if (next !== undefined) lane.arrive(next)
    if (each.do === 'begin') lane.begin()
    if (each.do === 'end') lane.end(each.how)
    check(lane)
  }
  for (const kind of coming) lane.arrive(kind)
  check(lane)
  return lane
}

const messages = fc
  .array(fc.constant<OutboxKind>('severity'), { maxLength: 3 })
  .map((worse): OutboxKind[] => ['firing', ...worse, 'resolved'])
const steps = fc.array(step, { maxLength: 30 })

/** Whether an episode had an attempt that was delivered or that nobody knows of, before its end was said. */
function mayHaveHeardBefore(lane: Lane, index: number): boolean {
  return lane.entries.slice(0, index).some((entry) => entry.kind !== 'resolved' && entry.mayHaveHeard)
}

describe('a lane', () => {
  it('says no end to a receiver that surely heard nothing', () => {
    fc.assert(
      fc.property(steps, messages, (script, coming) => {
        const lane = play(script, coming, (now) => {
          for (const { index, kind } of now.sent)
            if (kind === 'resolved') expect(mayHaveHeardBefore(now, index)).toBe(true)
        })
        lane.calm()
        const saidEnd = lane.sent.some(({ kind }) => kind === 'resolved')
        if (saidEnd) expect(mayHaveHeardBefore(lane, lane.entries.length - 1)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('says the end to whoever heard that it fires, once the receiver answers', () => {
    fc.assert(
      fc.property(steps, messages, (script, coming) => {
        const lane = play(script, coming, () => undefined)
        const refusedEnd = () => lane.entries.some(({ kind, status }) => kind === 'resolved' && status === 'FAILED')
        lane.calm()
        expect(lane.resting).toBe(true)
        expect(lane.entries.filter(isOpen)).toEqual([])
        const heardFiring = lane.heard.some((says) => says !== 'resolved')
        if (heardFiring && !refusedEnd()) expect(lane.heard.at(-1)).toBe('resolved')
        if (!heardFiring && !lane.entries.some((entry) => entry.mayHaveHeard)) expect(lane.heard).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('sends nothing before what came earlier, and nothing again after what came later', () => {
    fc.assert(
      fc.property(steps, messages, (script, coming) => {
        const lane = play(script, coming, () => undefined)
        lane.calm()
        const order = lane.sent.map(({ index }) => index)
        expect(order).toEqual([...order].sort((a, b) => a - b))
      }),
      { numRuns: 2_000 },
    )
  })

  it('begins with a firing, and never rests while something is open', () => {
    fc.assert(
      fc.property(steps, messages, (script, coming) => {
        const lane = play(script, coming, (now) => {
          const open = now.entries.filter(isOpen)
          if (open.length > 0 && !open.some(({ inFlight }) => inFlight)) expect(now.outcome().next).not.toBeNull()
        })
        lane.calm()
        if (lane.sent.length > 0) expect(lane.sent[0]?.says).toBe('firing')
      }),
      { numRuns: 2_000 },
    )
  })

  it('goes quiet when the incident is over and its channel wants no end', () => {
    fc.assert(
      fc.property(steps, messages, (script, coming) => {
        const lane = play(script, coming, () => undefined)
        lane.turnOff()
        lane.end('not heard, no answer')
        const sent = lane.sent.length
        lane.calm()
        // A word of the end that was under way when it was turned off may be said again; nothing else may.
        expect(lane.sent.slice(sent).every(({ kind }) => kind === 'resolved')).toBe(true)
        expect(lane.entries.filter(isOpen)).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})
