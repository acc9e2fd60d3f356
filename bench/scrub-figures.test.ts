import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../package-root.js'
import { knownLines } from './known-lines.js'
import { figuresTable, judged, precisionOf, recallOf } from './scrub-figures.js'

const page = join(packageRoot(), 'docs', 'scrubber.md')
const figures = judged([1, 2, 3, 4, 5].flatMap(knownLines))

test.each(figures.map((one) => [one.kind, one] as const))('%s is found, and little else', (_, one) => {
  expect(one.found + one.missed).toBe(1_000)
  expect(recallOf(one)).toBeGreaterThanOrEqual(0.99)
  expect(precisionOf(one)).toBeGreaterThanOrEqual(0.98)
})

test('each run alone keeps to it too', () => {
  for (let seed = 101; seed <= 103; seed++)
    for (const one of judged(knownLines(seed))) {
      expect(recallOf(one), `recall of ${one.kind}, seed ${seed}`).toBeGreaterThanOrEqual(0.99)
      expect(precisionOf(one), `precision of ${one.kind}, seed ${seed}`).toBeGreaterThanOrEqual(0.98)
    }
})

test('the page says these figures', async () => {
  const said = readFileSync(page, 'utf8')
  const [before, rest = ''] = said.split('<!-- figures -->')
  const after = rest.slice(rest.indexOf('<!-- /figures -->'))
  const right = `${before}<!-- figures -->\n\n${figuresTable(figures)}\n\n${after}`
  await expect(right).toMatchFileSnapshot(page)
})
