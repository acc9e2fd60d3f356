import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreError } from '../../schema/ports.js'
import { createWorld, T0, type World } from './world.js'

const overTwo = {
  threshold: { measure: { logs: { filter: '{level="error"}' } }, window: '30s', comparison: 'GT', critical: 2 },
}
const errors = (s: number, count: number) => Array.from({ length: count }, () => ({ s, level: 'error' }))

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.close())

interface IncidentRow {
  id: string
  number: number
  state: string
  severity: string
  started_at: Date
  resolved_at: Date | null
}
const incidents = () => world.rows<IncidentRow>('SELECT * FROM incident WHERE monitor_id IS NOT NULL ORDER BY number')
const outbox = () =>
  world.rows<{ kind: string; incident_id: string }>('SELECT kind, incident_id FROM engine.outbox ORDER BY id')
const health = async () =>
  (
    await world.rows<{ health: string; state: string; last_error: string | null }>(
      'SELECT * FROM engine.monitor_status',
    )
  )[0]
const seconds = (at: Date | undefined) => (at === undefined ? null : (at.getTime() - T0) / 1000)

describe('a threshold over logs', () => {
  it('fires at the first grid time whose window is over the level, and resolves when it is no longer', async () => {
    await world.monitor(overTwo)
    await world.run(0, 3)
    await world.store(8, errors(7, 3))
    await world.run(9, 13)
    const [incident] = await incidents()
    expect(incident).toMatchObject({ number: 1, state: 'TRIGGERED', severity: 'CRITICAL' })
    expect(seconds(incident?.started_at)).toBe(10)
    await world.run(14, 60)
    expect(await incidents()).toMatchObject([{ state: 'RESOLVED' }])
    expect((await outbox()).map(({ kind }) => kind)).toEqual(['firing', 'resolved'])
    expect(await world.rows('SELECT from_state, to_state, reason FROM engine.transition ORDER BY id')).toMatchObject([
      { from_state: 'OK', to_state: 'FIRING', reason: 'threshold' },
      { from_state: 'FIRING', to_state: 'OK', reason: 'recovered' },
    ])
  })

  it('judges a new monitor on what is stored already', async () => {
    await world.store(5, errors(4, 5))
    await world.monitor(overTwo)
    await world.at(13)
    expect(await incidents()).toHaveLength(1)
  })

  it('keeps groups and other levels apart', async () => {
    await world.monitor({
      threshold: {
        measure: { logs: { filter: '{level="error"}', groupBy: ['service'] } },
        window: '30s',
        comparison: 'GT',
        critical: 4,
        warning: 2,
      },
    })
    await world.store(5, [
      ...errors(4, 3),
      ...Array.from({ length: 5 }, () => ({ s: 4, level: 'error', service: 'db' })),
      { s: 4, level: 'info', service: 'web' },
    ])
    await world.at(13)
    expect(await world.rows("SELECT labels, severity FROM incident ORDER BY labels->>'service'")).toEqual([
      { labels: { service: 'api' }, severity: 'WARNING' },
      { labels: { service: 'db' }, severity: 'CRITICAL' },
    ])
  })

  it('takes sums, means, extremes and quantiles of a field', async () => {
    const cases: [string, number][] = [
      ['SUM', 110],
      ['AVG', 22],
      ['MIN', 1],
      ['MAX', 100],
      ['P50', 3],
    ]
    for (const [aggregate] of cases)
      await world.monitor(
        { threshold: { measure: { logs: { aggregate, field: 'ms' } }, window: '30s', comparison: 'GT', critical: 0 } },
        { name: aggregate },
      )
    await world.store(
      5,
      [1, 2, 3, 4, 100].map((ms) => ({ s: 4, attributes: { ms } })),
    )
    await world.at(13)
    const rows = await world.rows<{ name: string; value: number }>(
      'SELECT m.name, i.value FROM engine.instance i JOIN monitor m ON m.id = i.monitor_id',
    )
    const values = new Map(rows.map(({ name, value }) => [name, value]))
    for (const [aggregate, expected] of cases)
      expect(Math.abs((values.get(aggregate) ?? 0) / expected - 1)).toBeLessThan(0.011)
  })
})

describe('an error ratio', () => {
  const ratio = {
    errorRatio: {
      bad: { logs: { filter: '{level="error"}' } },
      total: { logs: {} },
      window: '30s',
      critical: 0.5,
      minimumEvents: 4,
    },
  }

  it('compares bad with total, and judges no window with too few events', async () => {
    await world.monitor(ratio)
    await world.store(1, errors(0, 3))
    await world.at(13)
    expect(await incidents()).toEqual([])
    await world.store(15, errors(14, 3))
    await world.at(23)
    expect(await world.rows('SELECT value FROM engine.outbox')).toEqual([{ value: 1 }])
  })

  it('stays firing while nothing comes', async () => {
    await world.monitor(ratio)
    await world.store(1, errors(0, 6))
    await world.run(13, 180)
    expect(await incidents()).toMatchObject([{ state: 'TRIGGERED' }])
  })
})

describe('the horizon', () => {
  it('waits for what was accepted and is not stored, says BLIND, and is right one pass after', async () => {
    await world.monitor(overTwo)
    await world.store(5, errors(4, 3))
    await world.at(13)
    expect(await incidents()).toMatchObject([{ state: 'TRIGGERED' }])
    world.oldest = [{ orgId: world.orgId, signal: 'logs', acceptedAt: T0 + 15_000 }]
    await world.run(14, 120)
    expect(await incidents()).toMatchObject([{ state: 'TRIGGERED' }])
    expect(await health()).toMatchObject({ health: 'BLIND', state: 'FIRING' })
    expect(await world.rows('SELECT title, state FROM incident WHERE monitor_id IS NULL')).toEqual([
      { title: 'Tocsin cannot see logs: 1 monitors are not judged', state: 'TRIGGERED' },
    ])
    await world.store(15, errors(20, 3))
    world.oldest = []
    await world.at(121)
    expect(await health()).toMatchObject({ health: 'HEALTHY', last_error: null })
    // The ticks missed meanwhile were judged in order, at their own times.
    expect(seconds((await incidents())[0]?.resolved_at ?? undefined)).toBe(60)
    expect(await world.rows('SELECT state FROM incident WHERE monitor_id IS NULL')).toEqual([{ state: 'RESOLVED' }])
  })

  it('blinds neither another org nor another signal', async () => {
    await world.monitor(overTwo)
    world.oldest = [
      { orgId: 'org_other', signal: 'logs', acceptedAt: T0 },
      { orgId: world.orgId, signal: 'metrics', acceptedAt: T0 },
    ]
    await world.store(5, errors(4, 3))
    await world.run(0, 120)
    expect((await incidents())[0]).toMatchObject({ state: 'RESOLVED' })
    expect(await health()).toMatchObject({ health: 'HEALTHY' })
  })

  it('counts late data in without paging for the past', async () => {
    await world.monitor(overTwo)
    await world.run(0, 60)
    await world.store(61, errors(5, 9))
    await world.run(62, 90)
    expect(await incidents()).toEqual([])
    await world.store(91, [...errors(75, 2)])
    await world.store(92, [...errors(72, 2)])
    await world.run(93, 95)
    expect(await incidents()).toHaveLength(1)
  })
})

describe('a store that is away', () => {
  it('changes no state, and what was missed is judged when it is back', async () => {
    await world.monitor(overTwo)
    await world.store(5, errors(4, 3))
    await world.at(13)
    const working = world.source
    world.source = {
      compute: async () => {
        throw new StoreError('store', 'ClickHouse is away')
      },
    }
    await world.run(14, 100)
    expect(await incidents()).toMatchObject([{ state: 'TRIGGERED' }])
    expect(await health()).toMatchObject({ health: 'BLIND', state: 'FIRING' })
    world.source = working
    await world.at(101)
    expect(await incidents()).toMatchObject([{ state: 'RESOLVED' }])
    expect(await health()).toMatchObject({ health: 'HEALTHY' })
  })

  it('makes the query at fault an ERROR of its monitor alone', async () => {
    const broken = await world.monitor({
      ...overTwo,
      threshold: { ...overTwo.threshold, measure: { logs: { filter: '{level="bad"}' } } },
    })
    await world.monitor(overTwo)
    await world.store(5, errors(4, 3))
    const working = world.source
    world.source = {
      compute(orgId, signal, measures, slices, snapshot) {
        if (measures.some(({ measure }) => measure.filter.includes('bad')))
          throw new StoreError('query', 'Type mismatch in the filter.')
        return working.compute(orgId, signal, measures, slices, snapshot)
      },
    }
    await world.at(13)
    expect(await incidents()).toHaveLength(1)
    expect(
      await world.rows('SELECT health, last_error FROM engine.monitor_status WHERE monitor_id = $1', [broken]),
    ).toEqual([{ health: 'ERROR', last_error: 'Type mismatch in the filter.' }])
  })
})

it('rests between grid times, and looks again when a monitor changes', async () => {
  const first = await world.monitor(overTwo)
  await world.run(0, 13)
  await world.rows(
    "UPDATE monitor SET name = 'x', rule = jsonb_set(rule, '{threshold,critical}', '-1') WHERE id = $1",
    [first],
  )
  await world.run(14, 22)
  expect(await incidents()).toEqual([])
  await world.rows('UPDATE monitor SET paused = true WHERE id = $1', [first])
  world.evaluator.wake(world.orgId)
  await world.at(22)
  expect(await health()).toMatchObject({ health: 'PAUSED' })
})

it('sets a measure that is too heavy aside for a minute, and judges the others', async () => {
  const heavy = await world.monitor({
    threshold: { ...overTwo.threshold, measure: { logs: { filter: '{level="heavy"}' } } },
  })
  await world.monitor(overTwo)
  await world.store(5, errors(4, 3))
  const working = world.source
  let tried = 0
  world.source = {
    compute(orgId, signal, measures, slices, snapshot) {
      if (!measures.some(({ measure }) => measure.filter.includes('heavy')))
        return working.compute(orgId, signal, measures, slices, snapshot)
      if (measures.length === 1) tried++
      throw new StoreError('store', 'Timeout exceeded.', { exhausted: true })
    },
  }
  await world.run(0, 50)
  expect(await incidents()).toHaveLength(1)
  expect(tried).toBe(1)
  expect(
    await world.rows('SELECT health, last_error FROM engine.monitor_status WHERE monitor_id = $1', [heavy]),
  ).toEqual([{ health: 'ERROR', last_error: 'Timeout exceeded.' }])
})

describe('evaluators', () => {
  it('share the shards, and one that lost its lease writes nothing', async () => {
    await world.monitor(overTwo)
    await world.store(5, errors(4, 3))
    await world.at(3)
    await world.rows("UPDATE engine.shard SET lease_until = '-infinity'")
    const second = world.another('second')
    await world.at(13, second)
    await world.at(13, second)
    const held = await world.rows<{ holder: string; count: number }>(
      'SELECT holder, count(*)::int AS count FROM engine.shard GROUP BY holder ORDER BY holder',
    )
    expect(held).toContainEqual({ holder: 'second', count: 8 })
    await world.at(14)
    await world.at(15)
    expect(await incidents()).toHaveLength(1)
    expect(await outbox()).toHaveLength(1)
    await second.stop()
  })

  it('carries pending clocks over a restart', async () => {
    await world.monitor(overTwo, { for_ms: 20_000 })
    await world.store(5, [...errors(4, 3), ...errors(14, 3), ...errors(24, 3), ...errors(34, 3)])
    await world.run(0, 14)
    expect(await health()).toMatchObject({ state: 'PENDING' })
    await world.evaluator.stop()
    const next = world.another('next')
    await world.at(45, next)
    const [incident] = await incidents()
    expect(seconds(incident?.started_at)).toBe(30)
    await next.stop()
  })

  it('resolves what a paused or deleted monitor left firing', async () => {
    const id = await world.monitor(overTwo)
    const other = await world.monitor(overTwo)
    await world.store(5, errors(4, 3))
    await world.at(13)
    await world.rows('UPDATE monitor SET paused = true WHERE id = $1', [id])
    await world.rows('UPDATE monitor SET deleted_at = now(), live_key = NULL WHERE id = $1', [other])
    world.evaluator.wake(world.orgId)
    await world.at(14)
    expect(await incidents()).toMatchObject([{ state: 'RESOLVED' }, { state: 'RESOLVED' }])
    expect(
      (
        await world.rows<{ reason: string }>("SELECT reason FROM engine.outbox WHERE kind = 'resolved' ORDER BY reason")
      ).map(({ reason }) => reason),
    ).toEqual(['deleted', 'paused'])
  })
})
