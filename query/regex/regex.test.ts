import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogTable, openLogTable } from '../../test/chdb-logs.js'
import { RegexError } from './node.js'
import { parseRegex } from './parse.js'
import { printRegex } from './print.js'
import { compileRegex, runRegex } from './program.js'

let table: LogTable
beforeAll(async () => {
  table = await openLogTable()
})
afterAll(() => table.close())

/** What ClickHouse says of a pattern, exactly as it is handed over, for each text. */
async function ask(pattern: string, texts: readonly string[]): Promise<boolean[]> {
  const params = Object.fromEntries(texts.map((text, index) => [`t${index}`, text]))
  const columns = texts.map((_, index) => `match({t${index}:String}, {p:String})`)
  const rows = await table.select<{ m: number[] }>(`SELECT [${columns.join(', ')}] AS m`, { ...params, p: pattern })
  return (rows[0]?.m ?? []).map((found) => found === 1)
}

function run(pattern: string, text: string): boolean {
  return runRegex(compileRegex(parseRegex(pattern, { dotAll: true })), text, false)
}

const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'abab',
  'b\na',
  'k',
  'K',
  '\u212a',
  'ſ',
  'é',
  'É',
  '😀',
  ' ',
  '_-]',
  '0',
  'a.b',
  '[a]',
  '\u0000',
  'σς',
  '{1}',
  '\\',
]

const ACCEPTED = [
  '',
  'a',
  '.',
  '^$',
  'a|b',
  '|a',
  '()',
  '(?:)',
  'a*',
  'a+?',
  'a{2}',
  '(?:ab){2}',
  'a{0}',
  'a{1,}',
  'a{,2}',
  '{',
  'a{',
  '}',
  ']',
  '[]a]',
  '[^]a]',
  '[a-]',
  '[-a]',
  '[a-b-]',
  '[\\d-z]',
  '[[:alpha:]]',
  '[[:^alpha:]]',
  '[^[:alpha:]]',
  '[[:word:]-]',
  '[[:]',
  '[[a]',
  '\\d',
  '\\D',
  '\\w\\W',
  '\\s',
  '[\\S]',
  '\\bab',
  'a\\B',
  '\\Aa',
  'a\\z',
  '(?m)^a',
  '(?m)b$',
  '(?s).',
  '(?-s)b.a',
  'b.a',
  '(?i)k',
  '(?i)K',
  '(?i)[^k]',
  '(?i)[j-l]',
  '(?i)é',
  '(?i)\\w',
  '(?i)\\W',
  '(?i:a)A',
  '(?i)s',
  '(?i)Σ',
  'a(?i)b|AB',
  '(?P<x>a)b',
  '(?<x>a)b',
  '(?U)a*',
  '(?U)a*?',
  '\\pL',
  '\\p{Lu}',
  '\\PL',
  '\\p{^Lu}',
  '\\p{Greek}',
  '[\\p{L}\\d]',
  '(?i)\\p{Lu}',
  '\\p{Any}',
  '\\x41',
  '\\x{1F600}',
  '\\101',
  '\\0',
  '\\x00',
  '\\n',
  '\\t',
  '\\.',
  '\\-',
  '\\_',
  '\\]',
  '\\\\',
  '\\Qa.b\\E',
  '\\Qa.b',
  '\\Q\\E',
  'a\\Q.\\E+',
  '\\{1\\}',
  '(a|b)*',
  '(a*)*',
  '(a|)+',
  '^*a',
  '(?:^a|b$)',
  '$^',
  '\\b+',
  'a{1000}',
  '(?:a{30}){30}',
  '[a-z]{3}',
  '.{3}',
  '(?)a',
  '(?i-s:a.)',
  'é+',
  '[😀é]',
  '[^😀]',
  '\\/',
  '\\"',
  '\\ ',
  '#',
  '(?i)ǆ',
  '[\\x{0}-\\x{7f}]',
  '(((a)))',
  'x*|y*|z',
]

const REFUSED = [
  '(',
  '(a',
  '[',
  '[]',
  '[^]',
  '[a',
  '[b-a]',
  '[a-\\d]',
  '[[:foo:]]',
  '*',
  '+a',
  '?',
  'a**',
  'a+*',
  'a{2}{3}',
  'a{1001}',
  'a{2,1}',
  '(?:a{40}){40}',
  '{1}',
  '|*',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(?<!a)',
  '(a)\\1',
  '\\8',
  '\\k<x>',
  '(?P=x)',
  '(?#c)',
  '(?>a)',
  '(?x)a',
  '(?i',
  '(?-)',
  '(?P<>a)',
  '(?P<x y>a)',
  '\\q',
  '\\Z',
  '\\u0041',
  '\\é',
  '\\x',
  '\\x{}',
  '\\x{110000}',
  '\\x4',
  '\\pX',
  '\\p{Nope}',
  '\\p',
  '\\p{L',
  '\\c',
  '(?:\\pL{500}){2}',
]

/** RE2 refuses these; ClickHouse takes some of them for plain text, or does not look at names of groups. */
const REFUSED_BY_US = [')', 'a)', '\\', 'a\\', '(?P<x>a)(?P<x>b)']

describe('a regular expression', () => {
  it.each(ACCEPTED)('%j means what RE2 means by it, as written and as printed', async (pattern) => {
    const ours = TEXTS.map((text) => run(pattern, text))
    expect(ours).toEqual(await ask(printRegex(parseRegex(pattern, { dotAll: true })), TEXTS))
    expect(ours).toEqual(await ask(pattern, TEXTS))
  })

  it.each(REFUSED)('%j is refused, as RE2 refuses it', async (pattern) => {
    expect(() => parseRegex(pattern, { dotAll: true })).toThrow(RegexError)
    await expect(ask(pattern, ['a'])).rejects.toThrow()
  })

  it.each(REFUSED_BY_US)('%j is refused, though ClickHouse lets it pass', (pattern) => {
    expect(() => parseRegex(pattern, { dotAll: true })).toThrow(RegexError)
  })

  it('does not fall for the literal that ClickHouse wrongly requires of a repeated character', async () => {
    expect(await ask('😀*', [''])).toEqual([false])
    expect(await ask(printRegex(parseRegex('😀*', { dotAll: true })), [''])).toEqual([true])
  })

  it('is linear where a backtracking engine would hang', () => {
    expect(run('(a+)+$', `${'a'.repeat(20_000)}b`)).toBe(false)
  })

  it('matches as ClickHouse does, whatever it is made of', async () => {
    await fc.assert(
      fc.asyncProperty(regex(), fc.array(text(), { minLength: 4, maxLength: 12 }), async (pattern, texts) => {
        const node = parseRegex(pattern, { dotAll: true })
        const program = compileRegex(node)
        const ours = texts.map((each) => runRegex(program, each, false))
        expect(ours).toEqual(await ask(printRegex(node), texts))
        const whole = texts.map((each) => runRegex(program, each, true))
        expect(whole).toEqual(await ask(`^(?:${printRegex(node)})$`, texts))
      }),
      { numRuns: 300 },
    )
  })
})

const LETTERS = ['a', 'b', 'A', 'k', 'é', '😀', '\n', '0', '_', '.', '-', ' ', 's']
const text = () => fc.array(fc.constantFrom(...LETTERS), { maxLength: 8 }).map((letters) => letters.join(''))

function regex(): fc.Arbitrary<string> {
  const atom = fc.constantFrom(
    'a',
    'b',
    'A',
    'k',
    'é',
    '😀',
    '\\n',
    '0',
    '\\.',
    '.',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '[ab]',
    '[^a]',
    '[a-k]',
    '[^\\d]',
    '\\pL',
    '^',
    '$',
    '\\b',
    '\\B',
    'ab',
    'a b',
    '\\-',
  )
  return fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}?', '*?'))
        .map(([a, q]) => `(?:${a})${q}`),
      fc.tuple(fc.constantFrom('(?i:', '(?s:', '(?-s:', '(?m:', '('), tie('node')).map(([open, a]) => `${open}${a})`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${a}|${b}`),
    ),
  })).node
}
