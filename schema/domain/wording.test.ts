import { expect, it } from 'vitest'
import { z } from 'zod'
import { inputWords } from './wording.js'

it.each([
  ['a text for a number', z.number(), 'abc', 'expected a number, found "abc"'],
  ['a number for a text', z.string(), 5, 'expected a text, found 5'],
  ['nothing', z.string(), undefined, 'expected a text, found nothing'],
  ['a long text', z.string().max(200), 'x'.repeat(312), 'expected at most 200 characters, found 312'],
  ['an empty text', z.string().min(1), '', 'expected at least 1 character, found 0'],
  ['many items', z.array(z.string()).max(1), ['a', 'b'], 'expected at most 1 item, found 2'],
  ['a large number', z.number().int().max(64), 65, 'expected at most 64, found 65'],
  ['a broken number', z.number().int(), 1.5, 'expected a whole number, found 1.5'],
  ['an unknown value', z.enum(['GT', 'LT']), 'X', 'expected one of GT, LT, found "X"'],
  ['a name for an address', z.email(), 'ops', 'expected an email address such as ops@example.com, found "ops"'],
  ['an unknown field', z.strictObject({}), { naem: 1 }, 'found naem, which nothing here is called'],
])('says of %s what was expected and what was found', (_, schema, input, sentence) => {
  expect(schema.safeParse(input, { error: inputWords }).error?.issues.map(({ message }) => message)).toEqual([sentence])
})

it('leaves a sentence of the schema alone', () => {
  const schema = z.string().regex(/^a/, 'expected an a')
  expect(schema.safeParse('b', { error: inputWords }).error?.issues).toMatchObject([{ message: 'expected an a' }])
})
