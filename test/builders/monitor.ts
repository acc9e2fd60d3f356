import type { Monitor } from '../../schema/domain/monitor.js'
import { type Rule, ruleInputSchema } from '../../schema/domain/rule.js'

/** A rule from the shape of the GraphQL input. */
export function ruleOf(input: unknown): Rule {
  return ruleInputSchema.parse(input)
}

/** Fires when more than five errors of one service come in a minute. */
export const ERRORS_OVER_FIVE = {
  threshold: { measure: { logs: { filter: '{level="error"}' } }, window: '1m', comparison: 'GT', critical: 5 },
}

/** A monitor with everything at its default; `ruleInput` is what its rule is parsed from. */
export function aMonitor(overrides: Partial<Omit<Monitor, 'rule'>> = {}): Monitor {
  const ruleInput = overrides.ruleInput ?? ERRORS_OVER_FIVE
  return {
    id: 'mon_test',
    orgId: 'org_test',
    key: 'errors',
    version: 1,
    generation: 1,
    name: 'Errors',
    description: null,
    everyMs: 10_000,
    forMs: 0,
    keepFiringForMs: 0,
    missingData: 'KEEP_STATE',
    labels: {},
    runbookUrl: null,
    title: null,
    body: null,
    paused: false,
    managedBy: null,
    notify: null,
    createdAt: 0,
    updatedAt: 0,
    ...overrides,
    ruleInput,
    rule: ruleOf(ruleInput),
  }
}
