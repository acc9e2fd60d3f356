import { describe, expect, it } from 'vitest'
import { ruleInputSchema, storedRuleSchema } from './rule.js'

const ratio = (levels: object) => ({
  errorRatio: { bad: { logs: { filter: '{a="b"}' } }, total: { logs: {} }, window: '5m', ...levels },
})

describe('a level of an error ratio', () => {
  it.each([
    [{ critical: 5 }, 'critical', '5'],
    [{ critical: 1 }, 'critical', '1'],
    [{ critical: 0.1, warning: -0.1 }, 'warning', '-0.1'],
    [{ critical: 0.1, recovery: -2 }, 'recovery', '-2'],
  ])('is refused where it can never be passed, or always is: %j', (levels, name, found) => {
    expect(ruleInputSchema.safeParse(ratio(levels)).error?.issues).toMatchObject([
      {
        path: ['errorRatio', name],
        message: `${name} is ${found}; expected a ratio from 0 to below 1, such as 0.05 for 5 %`,
      },
    ])
  })

  it('is read from a store all the same: one old rule must not stop the others', () =>
    expect(storedRuleSchema.safeParse(ratio({ critical: 5 })).success).toBe(true))

  it.each([[{ critical: 0 }], [{ critical: 0.999, warning: 0.5, recovery: 0.4 }]])('may be %j', (levels) =>
    expect(ruleInputSchema.safeParse(ratio(levels)).success).toBe(true),
  )
})
