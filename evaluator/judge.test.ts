import { describe, expect, it } from 'vitest'
import type { Sample } from '../schema/domain/alert.js'
import type { Labels } from '../schema/domain/labels.js'
import type { Monitor } from '../schema/domain/monitor.js'
import type { IncidentChange, StoredInstance } from '../schema/ports.js'
import { aMonitor } from '../test/builders/monitor.js'
import { judge, MAX_INSTANCES, type Restart, retire, worst } from './judge.js'

function counter() {
  let count = 0
  return { instance: () => `ali_${++count}`, incident: () => `inc_${++count}` }
}

/** Judges ticks one after another, carrying instances over as the store does. */
function scripted(monitor: Monitor) {
  const ids = counter()
  const held = new Map<string, StoredInstance>()
  return {
    held,
    tick(now: number, values: readonly [Labels, number | null][], restart: Restart = null, as: Monitor = monitor) {
      const samples = values.map(([labels, value]) => {
        const sample: Sample = value === null ? { kind: 'missing' } : { kind: 'value', value }
        return { labels, sample }
      })
      const judged = judge(as, [...held.values()], samples, now, restart, ids)
      for (const instance of judged.upserts) held.set(instance.id, instance)
      for (const id of judged.deletes) held.delete(id)
      return judged
    },
  }
}

const kinds = (changes: readonly IncidentChange[]) => changes.map(({ kind }) => kind)

describe('judge', () => {
  it('makes one incident of one episode, and ends that one', () => {
    const run = scripted(aMonitor())
    const first = run.tick(10_000, [[{}, 9]])
    expect(kinds(first.incidents)).toEqual(['firing'])
    expect(run.tick(20_000, [[{}, 12]]).incidents).toEqual([])
    const last = run.tick(30_000, [[{}, 0]])
    expect(kinds(last.incidents)).toEqual(['resolved'])
    expect(last.incidents[0]?.incidentId).toBe(first.incidents[0]?.incidentId)
    const again = run.tick(40_000, [[{}, 9]])
    expect(again.incidents[0]?.incidentId).not.toBe(first.incidents[0]?.incidentId)
  })

  it('keeps groups apart: each has its incident and its labels', () => {
    const run = scripted(
      aMonitor({ labels: { team: 'shop' }, title: '{{labels.service}} of {{labels.team}}: {{value}}' }),
    )
    const { incidents, state } = run.tick(10_000, [
      [{ service: 'api' }, 9],
      [{ service: 'web' }, 1],
      [{ service: 'db' }, 7],
    ])
    expect(incidents.map(({ title }) => title)).toEqual(['api of shop: 9', 'db of shop: 7'])
    expect(incidents[0]?.labels).toEqual({ team: 'shop', service: 'api' })
    expect(state).toBe('FIRING')
  })

  it('goes on with an episode through an edit that still fires, and does not page again', () => {
    const run = scripted(aMonitor())
    run.tick(10_000, [[{}, 9]])
    expect(run.tick(20_000, [[{}, 9]], 'edited').incidents).toEqual([])
  })

  it('ends an episode whose edited rule no longer fires', () => {
    const run = scripted(aMonitor())
    run.tick(10_000, [[{}, 9]])
    const edited = run.tick(20_000, [[{}, 1]], 'edited')
    expect(kinds(edited.incidents)).toEqual(['resolved'])
    expect(edited.transitions).toMatchObject([{ from: 'FIRING', to: 'OK', reason: 'edited' }])
  })

  it('begins pending clocks anew after a gap past the replay bound, and keeps what fires', () => {
    const run = scripted(aMonitor({ forMs: 20_000 }))
    run.tick(10_000, [[{}, 9]])
    expect(run.tick(7_200_000, [[{}, 9]], 'restarted').state).toBe('PENDING')
    expect(run.tick(7_220_000, [[{}, 9]]).state).toBe('FIRING')
    expect(run.tick(14_400_000, [[{}, 9]], 'restarted').incidents).toEqual([])
  })

  it('forgets calm groups that are gone, and no group that fires', () => {
    const run = scripted(aMonitor())
    run.tick(10_000, [
      [{ service: 'api' }, 1],
      [{ service: 'web' }, 9],
    ])
    run.tick(20_000, [
      [{ service: 'api' }, 0],
      [{ service: 'web' }, null],
    ])
    expect([...run.held.values()].map(({ labels }) => labels)).toEqual([{ service: 'web' }])
  })

  it('says N of M past the cap, and drops none that it judged before', () => {
    const run = scripted(aMonitor())
    run.tick(10_000, [[{ pod: 'zz' }, 9]])
    const many = Array.from({ length: MAX_INSTANCES + 5 }, (_, i): [Labels, number] => [{ pod: `p${i}` }, 9])
    const judged = run.tick(20_000, [...many, [{ pod: 'zz' }, 1]])
    expect(judged.of).toBe(MAX_INSTANCES + 6)
    expect(kinds(judged.incidents.filter(({ labels }) => labels.pod === 'zz'))).toEqual(['resolved'])
  })
})

describe('retire', () => {
  it('resolves what fires, so that those who heard of it hear of its end', () => {
    const monitor = aMonitor()
    const run = scripted(monitor)
    run.tick(10_000, [
      [{ service: 'api' }, 9],
      [{ service: 'web' }, 1],
    ])
    const ended = retire(monitor, [...run.held.values()], 'paused')
    expect(ended.incidents).toMatchObject([{ kind: 'resolved', reason: 'paused', labels: { service: 'api' } }])
    expect(ended.transitions).toMatchObject([{ from: 'FIRING', to: 'OK', reason: 'paused' }])
    expect(ended.deletes).toHaveLength(2)
  })
})

describe('worst', () => {
  it.each([
    [[], 'OK'],
    [['OK', 'PENDING'], 'PENDING'],
    [['PENDING', 'NO_DATA'], 'NO_DATA'],
    [['NO_DATA', 'FIRING', 'OK'], 'FIRING'],
  ] as const)('of %j is %s', (states, expected) => {
    expect(worst(states)).toBe(expected)
  })
})
