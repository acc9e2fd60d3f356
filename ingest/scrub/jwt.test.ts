import { expect, test } from 'vitest'
import { endOfJwt } from './jwt.js'

const HEADER = 'eyJhbGciOiJIUzI1NiJ9'

test.each([
  ['signed', `${HEADER}.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g`],
  ['unsigned', `${HEADER}.eyJzdWIiOiIxIn0.`],
  ['encrypted', `${HEADER}.OKOawDo13g.48V1_ALb6US04U3b.5eym8TW_c8.XFBoMYUZodetZdvT`],
])('a token that is %s', (_, token) => {
  expect(endOfJwt(token, 0)).toBe(token.length)
  expect(endOfJwt(`${token}"`, 0)).toBe(token.length)
})

test.each(['eyJ.a.b', `${HEADER}.eyJzdWIiOiIxIn0`, `${HEADER} a b`, 'eyeshadow.is.nice'])('%s is none', (text) => {
  expect(endOfJwt(text, 0)).toBe(-1)
})

test('the middle of a run is no beginning', () => {
  expect(endOfJwt(`x-${HEADER}.abc.def`, 2)).toBe(-1)
})
