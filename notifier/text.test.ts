import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oneLine, truncate } from './text.js'

describe('a text that is cut', () => {
  it('is whole when it fits', () => expect(truncate('abc', 3)).toBe('abc'))
  it('ends in an ellipsis when it does not', () => expect(truncate('abcd', 3)).toBe('ab…'))
  it('is never cut within a character', () => {
    expect(truncate('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 14)).toBe('👩‍👩‍👧‍👦…')
    expect(truncate('e\u0301e\u0301e\u0301', 4)).toBe('e\u0301…')
  })
  it('is measured and cut as escaped', () => {
    const escaping = (part: string) => part.replaceAll('&', '&amp;')
    expect(truncate('a&&', 11, escaping)).toBe('a&amp;&amp;')
    expect(truncate('a&&', 10, escaping)).toBe('a&amp;…')
    expect(truncate('&&&', 5, escaping)).toBe('…')
  })
  it('never exceeds its limit nor holds half a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(40), (text, limit) => {
        const cut = truncate(text, limit)
        expect(cut.length).toBeLessThanOrEqual(limit)
        expect(cut).not.toMatch(/\p{Surrogate}/u)
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true)
      }),
    )
  })
})

it('one line has no line break, control character or override', () => {
  expect(oneLine(' a\tb\r\n\u2028c\u0007\u202e \u2066d ')).toBe('a b c d')
})
