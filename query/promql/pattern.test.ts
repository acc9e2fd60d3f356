import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../test/harness/processor-ms.js'
import { RegexError } from '../regex/node.js'
import { compileMatchers, excludesEmpty } from './match-labels.js'
import { compilePattern } from './pattern.js'

describe('a pattern', () => {
  it.each([
    ['a.c', 'abc', ['abc']],
    ['a.c', 'a\nc', ['a\nc']],
    ['a', 'ba', null],
    ['(a+)(a*)', 'aaa', ['aaa', 'aaa', '']],
    ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
    ['(a)|(b)', 'b', ['b', null, 'b']],
    ['(?i)Über-(\\d{2,3})', 'über-123', ['über-123', '123']],
    ['(?P<year>\\d+)-(\\d+)', '2026-11', ['2026-11', '2026', '11']],
    ['((a)|b)*', 'ab', ['ab', 'b', 'a']],
    ['', '', ['']],
    ['x*', '', ['']],
    ['plain', 'plain', ['plain']],
    ['plain', 'plainer', null],
  ])('%s of %j', (expression, text, expected) => {
    expect(compilePattern(expression).match(text)).toEqual(expected)
  })

  it('that would make a backtracking engine hang takes linear time', async () => {
    const pattern = compilePattern('(a+)+$')
    const spent = await processorMs(() => expect(pattern.match(`${'a'.repeat(5_000)}b`)).toBeNull())
    expect(spent).toBeLessThan(2_000)
  })

  it('is refused where RE2 refuses it', () => {
    expect(() => compilePattern('(?=a)')).toThrow(RegexError)
    expect(() => compilePattern('(')).toThrow(RegexError)
  })

  it('matches and captures as JavaScript does where both know the syntax', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '(a|)', '(?:a|ab)')
    const quantified = fc.tuple(atom, fc.constantFrom('', '*', '+?', '?', '{1,2}')).map((parts) => parts.join(''))
    const expression = fc.array(quantified, { maxLength: 4 }).map((parts) => parts.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(expression, text, (source, value) => {
        const expected = new RegExp(`^(?:${source})$`, 's').exec(value)
        const found = compilePattern(source).match(value)
        expect(found === null).toBe(expected === null)
        // JavaScript forgets a group's capture at each turn of a loop around it; RE2 keeps it, so loops are left out.
        if (expected !== null && !/\)[*+?{]/.test(source)) {
          expect(found).toEqual(Array.from(expected, (group) => group ?? null))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('matchers', () => {
  it.each([
    ['=', '', true],
    ['!=', 'x', true],
    ['=~', 'x?', true],
    ['!~', 'x+', true],
    ['=', 'x', false],
    ['!=', '', false],
    ['=~', '.+', false],
    ['!~', '.*', false],
  ] as const)('%s %j let a missing label through: %s', (op, value, through) => {
    const matcher = { name: 'constructor', op, value }
    expect(compileMatchers([matcher])({ other: 'y' })).toBe(through)
    expect(excludesEmpty(matcher)).toBe(!through)
  })
})
