import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertState, INITIAL_STATE, type InstanceState, type Sample, type StepRule, step } from './alert.js'

const TICK = 10_000

function rule(overrides: Partial<StepRule> = {}): StepRule {
  return {
    levels: { comparison: 'GT', critical: 10, warning: null, recovery: null },
    forMs: 0,
    keepFiringForMs: 0,
    missingData: 'KEEP_STATE',
    ...overrides,
  }
}

/** Runs values, `null` for missing, a tick each; returns the states with severities. */
function run(stepRule: StepRule, values: readonly (number | null)[], from: InstanceState = INITIAL_STATE) {
  let state = from
  return values.map((value, i) => {
    const sample: Sample = value === null ? { kind: 'missing' } : { kind: 'value', value }
    const { next, transition } = step(stepRule, state, sample, (i + 1) * TICK)
    state = next
    return { state: next.state, severity: next.severity, reason: next.reason, transition }
  })
}

const states = (stepRule: StepRule, values: readonly (number | null)[]) => run(stepRule, values).map((r) => r.state)

describe('step', () => {
  const both = { comparison: 'GT', critical: 10, warning: 5, recovery: null } as const
  it.each<[name: string, rule: StepRule, values: (number | null)[], states: AlertState[]]>([
    ['ok=>ok', rule(), [1, 10], ['OK', 'OK']],
    ['ok=>firing=>ok without for', rule(), [11, 1], ['FIRING', 'OK']],
    ['ok=>pending=>firing=>ok', rule({ forMs: 2 * TICK }), [11, 11, 11, 1], ['PENDING', 'PENDING', 'FIRING', 'OK']],
    [
      'pending=>ok=>pending begins anew',
      rule({ forMs: TICK }),
      [11, 1, 11, 11],
      ['PENDING', 'OK', 'PENDING', 'FIRING'],
    ],
    ['pending is frozen by a gap', rule({ forMs: 2 * TICK }), [11, null, 11], ['PENDING', 'PENDING', 'FIRING']],
    ['firing is frozen by a gap', rule(), [11, null, null, 1], ['FIRING', 'FIRING', 'FIRING', 'OK']],
    ['firing=>ok by policy RESOLVE', rule({ missingData: 'RESOLVE' }), [11, null], ['FIRING', 'OK']],
    ['ok=>firing by policy ALERT', rule({ missingData: 'ALERT' }), [1, null, 1], ['OK', 'FIRING', 'OK']],
    [
      'ALERT waits for `for`',
      rule({ missingData: 'ALERT', forMs: TICK }),
      [1, null, null],
      ['OK', 'PENDING', 'FIRING'],
    ],
    ['firing=>no data by policy', rule({ missingData: 'NO_DATA' }), [11, null, 11], ['FIRING', 'NO_DATA', 'FIRING']],
    ['keep firing for two ticks', rule({ keepFiringForMs: 2 * TICK }), [11, 1, 1, 1], ['FIRING', 'FIRING', 'OK', 'OK']],
    [
      'recovery level holds',
      rule({ levels: { comparison: 'GT', critical: 10, warning: null, recovery: 7 } }),
      [11, 9, 8, 7],
      ['FIRING', 'FIRING', 'FIRING', 'OK'],
    ],
    [
      'falling comparison',
      rule({ levels: { comparison: 'LT', critical: 1, warning: null, recovery: 3 } }),
      [0, 2, 3],
      ['FIRING', 'FIRING', 'OK'],
    ],
    ['NaN meets no level', rule(), [Number.NaN, 11, Number.NaN], ['OK', 'FIRING', 'OK']],
    ['infinity meets a level', rule(), [Infinity], ['FIRING']],
  ])('%s', (_, stepRule, values, expected) => {
    expect(states(stepRule, values)).toEqual(expected)
  })

  it('says a change of severity while firing, once', () => {
    const seen = run(rule({ levels: both }), [6, 11, 12, 6])
    expect(seen.map(({ severity }) => severity)).toEqual(['WARNING', 'CRITICAL', 'CRITICAL', 'WARNING'])
    expect(seen.map(({ transition }) => transition?.reason ?? null)).toEqual([
      'threshold',
      'severity',
      null,
      'severity',
    ])
  })

  it('keeps the severity it fired with while the recovery level holds it', () => {
    const seen = run(rule({ levels: { ...both, recovery: 2 } }), [11, 3])
    expect(seen.at(-1)).toMatchObject({ state: 'FIRING', severity: 'CRITICAL', reason: 'held by recovery level' })
  })

  const samples = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }), { maxLength: 60 })

  it('never leaves FIRING for want of data unless the policy says so', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 5 }), (values, ticks) => {
        let before: AlertState = 'OK'
        for (const [i, { state }] of run(rule({ forMs: ticks * TICK }), values).entries()) {
          if (values[i] === null) expect(state).toBe(before)
          before = state
        }
      }),
    )
  })

  it('fires only after the condition held for `for`', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 5 }),
        (values, ticks) => {
          for (const [i, { state }] of run(rule({ forMs: ticks * TICK }), values).entries()) {
            const held = values.slice(Math.max(0, i - ticks), i + 1)
            const holds = held.length === ticks + 1 && held.every((value) => value > 10)
            expect(state === 'FIRING').toBe(holds)
          }
        },
      ),
    )
  })

  it('reports a transition exactly when the state or a firing severity changed', () => {
    fc.assert(
      fc.property(samples, (values) => {
        let before = INITIAL_STATE
        for (const [i, value] of values.entries()) {
          const sample: Sample = value === null ? { kind: 'missing' } : { kind: 'value', value }
          const { next, transition } = step(rule({ levels: both }), before, sample, i * TICK)
          const changed = next.state !== before.state || (next.state === 'FIRING' && next.severity !== before.severity)
          expect(transition !== null).toBe(changed)
          before = next
        }
      }),
    )
  })
})
