import { expect, it } from 'vitest'
import { checkSkew } from './skew.js'

const NOW = Date.UTC(2026, 2, 1, 12)
const check = (ms: number) => () => checkSkew('x-timestamp', ms, NOW, 300_000)

it('takes what is near our time', () => expect(check(NOW - 299_000)).not.toThrow())

it('tells seconds from milliseconds', () =>
  expect(check(NOW / 1000)).toThrow(
    `The time in x-timestamp looks like seconds; expected Unix milliseconds. Here it is ${NOW}.`,
  ))

it('says how far off a time is', () => expect(check(NOW - 600_000)).toThrow('600 s behind ours'))
