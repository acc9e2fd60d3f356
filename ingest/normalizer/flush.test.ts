import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryFlushManifests } from '../../queue/memory/flush-manifests.js'
import { createMemoryIntake } from '../../queue/memory/intake.js'
import { packBody } from '../../schema/ports/packed-body.js'
import { type ClaimedBatch, type FlushManifests, type Log, StoreError } from '../../schema/ports.js'
import { plainOf } from '../../test/plain-of.js'
import { PoisonBatchError } from '../parse/index.js'
import { type FlushDeps, flushBatches, recoverFlush } from './flush.js'
import type { SignalSink } from './signal-sink.js'

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }
const LEASE_MS = 10_000

let now = 0
let intake: ReturnType<typeof createMemoryIntake>
let flushes: FlushManifests
/** What the store holds: flush id → texts of its batches. The same flush again is the same. */
let store: Map<bigint, string[]>
/** Texts of batches that the parser or the store cannot bear. */
let poison: { parse?: string; crash?: string; store?: string }

beforeEach(() => {
  now = 1_000_000
  const clock = { now: () => now }
  intake = createMemoryIntake({ clock })
  flushes = createMemoryFlushManifests({ clock })
  store = new Map()
  poison = {}
})

const textOf = (batch: ClaimedBatch) => plainOf(batch).toString()

const sink: SignalSink = {
  async prepare(batches, terms) {
    const texts = batches.map(textOf)
    const unreadable = batches.find((batch) => textOf(batch) === poison.parse)
    if (unreadable !== undefined) throw new PoisonBatchError(unreadable.batchId, 'no JSON.')
    if (poison.crash !== undefined && texts.includes(poison.crash)) throw new Error('the worker ended')
    return {
      lines: [
        { orgId: 'org_a', acceptedHour: 0, slices: [1], firstSlice: 1, lastSlice: 1, rows: batches.length, bytes: 1 },
      ],
      terms: terms ?? { days: {}, policies: {} },
      async store(flushId) {
        if (poison.store !== undefined && texts.includes(poison.store)) throw new StoreError('query', 'Cannot parse.')
        store.set(flushId, texts)
      },
    }
  },
  isStored: async ({ flushId }) => store.has(flushId),
}

function deps(overrides: Partial<FlushDeps> = {}): FlushDeps {
  return {
    intake,
    flushes,
    sink,
    signal: 'logs',
    owner: 'me',
    leaseMs: LEASE_MS,
    log: quiet,
    pause: async () => {
      throw new Error('stopped while it waited')
    },
    stored: () => {},
    ...overrides,
  }
}

async function send(...texts: string[]): Promise<void> {
  for (const text of texts)
    await intake.enqueue({
      batchId: randomUUID(),
      orgId: 'org_a',
      keyId: 'key_a',
      signal: 'logs',
      protocol: 'native-json',
      items: 1,
      body: packBody(Buffer.from(text)),
      idempotency: { scope: Buffer.from(text), bodyHash: Buffer.from(text), ttlMs: 1_000 },
    })
}

const claim = (owner = 'me') => intake.claim(owner, 'logs', { maxBatches: 100, maxBytes: 1e9, claimMs: LEASE_MS })
const stored = () => [...store.values()].flat().sort()
const dead = () => intake.deadLetters().map(({ reason }) => reason)

describe('flushBatches', () => {
  it('stores what was claimed as one flush, closes it, and acknowledges', async () => {
    await send('a', 'b', 'c')
    await flushBatches(deps(), await claim())
    expect([...store.values()]).toEqual([['a', 'b', 'c']])
    expect(await intake.depth()).toMatchObject({ batches: 0 })
    expect((await flushes.snapshot()).except).toEqual([])
  })

  it('sends a batch that cannot be read to the dead letters, alone', async () => {
    poison = { parse: 'b' }
    await send('a', 'b', 'c')
    await flushBatches(deps(), await claim())
    expect(stored()).toEqual(['a', 'c'])
    expect(dead()).toEqual(['no JSON.'])
  })

  it('finds by halves the batch that the store refuses', async () => {
    poison = { store: 'c' }
    await send('a', 'b', 'c', 'd', 'e')
    await flushBatches(deps(), await claim())
    expect(stored()).toEqual(['a', 'b', 'd', 'e'])
    expect(dead()).toEqual(['Cannot parse.'])
    expect((await flushes.snapshot()).except).toEqual([])
  })

  it('finds by halves the batch that brings the parser down, once it has done so often', async () => {
    poison = { crash: 'b' }
    await send('a', 'b', 'c')
    for (let delivery = 1; delivery < 5; delivery++) {
      await expect(flushBatches(deps(), await claim())).rejects.toThrow('the worker ended')
      expect(stored()).toEqual([])
      now += LEASE_MS + 1
    }
    await flushBatches(deps(), await claim())
    expect(stored()).toEqual(['a', 'c'])
    expect(dead()).toEqual(['its parser failed again and again without saying why.'])
  })

  it('waits for a store that is away, and buries nothing', async () => {
    await send('a')
    let away = 3
    const slow: SignalSink = {
      ...sink,
      async prepare(batches, terms) {
        const prepared = await sink.prepare(batches, terms)
        return {
          ...prepared,
          store: (id) => (away-- > 0 ? Promise.reject(new StoreError('store', 'away')) : prepared.store(id)),
        }
      },
    }
    const waits: number[] = []
    await flushBatches(deps({ sink: slow, pause: async (attempt) => void waits.push(attempt) }), await claim())
    expect(waits).toEqual([1, 2, 3])
    expect(stored()).toEqual(['a'])
    expect(dead()).toEqual([])
  })
})

describe('a process that dies', () => {
  /** Lets one step fail as a crash would, and then gives what is left to another process. */
  async function dieAt(step: 'store' | 'after store' | 'close' | 'acknowledge'): Promise<void> {
    await send('a', 'b')
    const crash = async () => {
      throw new Error('killed')
    }
    const dying: SignalSink = {
      ...sink,
      async prepare(batches, terms) {
        const prepared = await sink.prepare(batches, terms)
        return {
          ...prepared,
          async store(id) {
            if (step === 'store') return crash()
            await prepared.store(id)
            if (step === 'after store') return crash()
          },
        }
      },
    }
    const own = deps({
      sink: dying,
      flushes: step === 'close' ? { ...flushes, close: crash } : flushes,
      intake: step === 'acknowledge' ? { ...intake, acknowledge: crash } : intake,
    })
    await expect(flushBatches(own, await claim())).rejects.toThrow('killed')
    now += LEASE_MS + 1
  }

  it.each(['store', 'after store', 'close', 'acknowledge'] as const)(
    'at %s leaves all to be stored once',
    async (step) => {
      await dieAt(step)
      const counted: number[] = []
      const next = deps({ owner: 'next', stored: (rows) => void counted.push(rows) })
      for (const open of await flushes.takeOver('next', LEASE_MS, { alone: false, limit: 10 }))
        await recoverFlush(next, open)
      await flushBatches(next, await claim('next'))
      expect(stored()).toEqual(['a', 'b'])
      expect(await intake.depth()).toMatchObject({ batches: 0 })
      expect(dead()).toEqual([])
      // Usage is counted by whoever closes, once.
      expect(counted).toEqual(step === 'acknowledge' ? [] : [2])
    },
  )

  it('leaves its open flush to whoever finishes it as a whole: its batches join no other', async () => {
    await dieAt('store')
    await send('c')
    await flushBatches(deps({ owner: 'other' }), await claim('other'))
    expect(stored()).toEqual(['c'])
    const open = await flushes.takeOver('other', LEASE_MS, { alone: false, limit: 10 })
    for (const flush of open) await recoverFlush(deps({ owner: 'other' }), flush)
    expect([...store.values()]).toContainEqual(['a', 'b'])
    expect(stored()).toEqual(['a', 'b', 'c'])
  })
})
