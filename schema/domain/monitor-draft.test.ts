import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Monitor, monitorInputSchema, monitorPatchSchema } from './monitor.js'
import { canonicalJson, draftMonitor, isSemanticEdit, patchMonitor } from './monitor-draft.js'

const RULE = { threshold: { measure: { logs: { filter: '{}' } }, window: '5m', comparison: 'GT', critical: 1 } }
const INPUT = {
  key: 'a',
  name: 'A',
  rule: RULE,
  for: '5m',
  description: 'd',
  labels: [{ name: 'x', value: '1' }],
  notify: ['ops'],
}

const draft = draftMonitor(monitorInputSchema.parse(INPUT), RULE)
const monitor: Monitor = {
  ...draft,
  id: 'mon_1',
  orgId: 'org_1',
  version: 3,
  generation: 2,
  createdAt: 1,
  updatedAt: 2,
}
const patched = (patch: Readonly<Record<string, unknown>>) =>
  patchMonitor(monitor, monitorPatchSchema.parse(patch), patch.rule)

describe('patchMonitor', () => {
  it('keeps everything that is not in the patch', () => {
    expect(patched({})).toEqual(draft)
  })

  it('clears to the default what is null', () => {
    const cleared = {
      description: null,
      for: null,
      labels: null,
      notify: null,
      every: null,
      paused: null,
      missingData: null,
    }
    expect(patched(cleared)).toEqual({ ...draft, description: null, forMs: 0, labels: {}, notify: null })
  })

  it('tells an empty list of channels from none', () => {
    expect(patched({ notify: [] }).notify).toEqual([])
  })
})

describe('isSemanticEdit', () => {
  it.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['a name', { name: 'B' }, false],
    ['a hold', { for: '1m' }, false],
    [
      'the same rule in another order',
      { rule: { threshold: { critical: 1, comparison: 'GT', window: '300s', measure: { logs: {} } } } },
      false,
    ],
    ['another level', { rule: { threshold: { ...RULE.threshold, critical: 2 } } }, true],
    ['another label', { labels: [{ name: 'x', value: '2' }] }, true],
  ])('%s: %s', (_name, patch, semantic) => {
    expect(isSemanticEdit(monitor, patched(patch))).toBe(semantic)
  })
})

it('gives equal values one canonical text, in whatever order their names stand', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, part]) => [name, shuffled(part)]),
    )
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value))
    }),
  )
})
