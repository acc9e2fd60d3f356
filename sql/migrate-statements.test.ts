import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitStatements } from './migrate-statements.js'

test.each([
  ['nothing', '', []],
  ['a comment alone', '-- nothing here;\n', []],
  ['one without a semicolon', 'SELECT 1', ['SELECT 1']],
  ['two', 'SELECT 1;\nSELECT 2;\n', ['SELECT 1', 'SELECT 2']],
  ['spaces and a comment after the semicolon', 'SELECT 1; -- one\nSELECT 2;  ', ['SELECT 1', '-- one\nSELECT 2']],
  ['a semicolon within a line', 'SELECT 1; SELECT 2;', ['SELECT 1; SELECT 2']],
  ['a semicolon at a line end within a string', `SELECT 'a;\nb';\nSELECT 2`, [`SELECT 'a;\nb'`, 'SELECT 2']],
  ['quotes escaped in both ways', `SELECT 'a\\';\n', 'b'';\n';\nSELECT 2`, [`SELECT 'a\\';\n', 'b'';\n'`, 'SELECT 2']],
  ['names in back quotes and double quotes', 'SELECT `a;\n`, "b;\n";\nSELECT 2', ['SELECT `a;\n`, "b;\n"', 'SELECT 2']],
  ['a semicolon in comments', '-- a;\nSELECT /* b;\n */ 1;\nSELECT 2', ['-- a;\nSELECT /* b;\n */ 1', 'SELECT 2']],
  ['a quote in a comment', `-- it's;\nSELECT 1;\nSELECT 2`, [`-- it's;\nSELECT 1`, 'SELECT 2']],
  ['line ends of Windows', 'SELECT 1;\r\nSELECT 2;\r\n', ['SELECT 1', 'SELECT 2']],
])('%s', (_name, script, statements) => {
  expect(splitStatements(script)).toEqual(statements)
})

test('statements joined by a semicolon and a line end come apart as they were', () => {
  const piece = fc.oneof(
    fc.constantFrom('SELECT 1', ' a', '(b, c)', `';\n'`, `'it''s'`, `'\\';\n'`, '`x;\n`', '/* ;\n */', '\n'),
    fc.stringMatching(/^[a-z0-9 ]{1,10}$/),
  )
  const statement = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => `X ${pieces.join(' ')}`.trim())
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
      expect(splitStatements(statements.map((one) => `${one};\n`).join(''))).toEqual(statements)
    }),
  )
})
