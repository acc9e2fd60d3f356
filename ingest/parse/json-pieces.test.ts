import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJsonBody } from './json-body.js'
import { parseJsonPieces } from './json-pieces.js'

/** Texts and names that look like the places where a batch is cut. */
const trap = fc.constantFrom(
  '},{"message":"x"',
  '"},{"message',
  '{"message":',
  ']}',
  '[{',
  '\\',
  '"',
  'é',
  '🙂',
  '\ud800',
)
const text = fc.array(fc.oneof(trap, fc.string({ maxLength: 8 })), { maxLength: 5 }).map((all) => all.join(''))
const nested = fc.array(fc.record({ message: text, n: fc.double() }), { maxLength: 3 })
const item = fc.record({ message: text, a: fc.oneof(text, nested, fc.constant(null)) })
const batch = fc.record(
  { logs: fc.array(item, { minLength: 5, maxLength: 40 }), sentAt: fc.oneof(text, fc.integer(), fc.constant(null)) },
  { requiredKeys: ['logs'] },
)
const spaced = (value: unknown) => JSON.stringify(value).replaceAll('},{', '}, {')

test('a batch is read in pieces as in one, wherever it is cut', () => {
  let pieced = 0
  fc.assert(
    fc.property(batch, fc.integer({ min: 1, max: 200 }), fc.boolean(), (made, pieceBytes, isSpaced) => {
      const written = isSpaced ? spaced(made) : JSON.stringify(made)
      const body = Buffer.from(written)
      const read = parseJsonPieces(body, pieceBytes)
      if (read === null) return
      pieced++
      expect(read.value).toEqual(JSON.parse(body.toString()))
      expect(Object.keys(read.value as object)).toEqual(Object.keys(made))
      expect(read.length).toBe(body.toString().length)
      expect(read.escaped).toBe(written.includes('\\u'))
    }),
    { numRuns: 2_000 },
  )
  expect(pieced).toBeGreaterThan(150)
})

test('what is no batch, or no JSON, is not read in pieces as something else', () => {
  const whole = JSON.stringify({ logs: Array.from({ length: 30 }, (_, n) => ({ message: `m${n}` })) })
  const cut = (change: (text: string) => string) => parseJsonPieces(Buffer.from(change(whole)), 20)
  expect(cut((text) => text)).not.toBeNull()
  expect(cut((text) => text.slice(0, -1))).toBeNull()
  expect(cut((text) => text.replace('"m3"', '"m3'))).toBeNull()
  expect(cut((text) => text.replace('"m9"', 'm9'))).toBeNull()
  expect(cut((text) => `${text}}`)).toBeNull()
  expect(cut((text) => text.replace('},{"message":"m20"', '}],"logs":[{"message":"m20"'))).toBeNull()
  expect(cut((text) => text.replace('},{"message":"m20"', '}],[{"message":"m20"'))).toBeNull()
  expect(cut((text) => `[${text}]`)).toBeNull()
  expect(cut((text) => text.replace(/\]\}$/, '],"logs":5}'))).toBeNull()
  expect(cut((text) => text.replace(/\]\}$/, '],"logs":[]}'))).toBeNull()
})

test('a large batch is what it says, ASCII told from what is not', () => {
  const made = (message: string) => ({
    logs: Array.from({ length: 4_000 }, (_, n) => ({ message: `${message} ${n}`, n })),
  })
  const bytes = (message: string) => Buffer.from(JSON.stringify(made(message)))
  const plain = 'GET /orders/{id} took a while, and then it was over'
  expect(parseJsonPieces(bytes(plain))).not.toBeNull()
  expect(parseJsonBody(bytes(plain))).toEqual({ value: made(plain), ascii: true })
  expect(parseJsonBody(bytes(`${plain} ü`))).toEqual({ value: made(`${plain} ü`), ascii: false })
  expect(parseJsonBody(bytes(`${plain} \u0001`))).toEqual({ value: made(`${plain} \u0001`), ascii: false })
  expect(() => parseJsonBody(Buffer.concat([bytes(plain), Buffer.from('}')]))).toThrow(
    'not valid JSON: it cannot be read past',
  )
})
