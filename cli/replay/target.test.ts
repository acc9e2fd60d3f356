import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type ReplayArguments, readArguments, UsageError } from './arguments.js'
import { readTarget } from './target.js'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bootstrap = join(folder, 'bootstrap.json')
writeFileSync(bootstrap, JSON.stringify({ ingestUrl: 'http://127.0.0.1:1', ingestKey: { key: 'k', secret: 's' } }))

function wanted(...more: string[]): ReplayArguments {
  const read = readArguments(['x.log', '--format', 'jsonl', ...more])
  if (read === null) throw new Error('These arguments ask for help.')
  return read
}

test('the bootstrap file tells what the command line leaves out', () => {
  expect(readTarget(wanted('--bootstrap', bootstrap))).toEqual({ url: 'http://127.0.0.1:1', key: 'k', secret: 's' })
  expect(readTarget(wanted('--bootstrap', bootstrap, '--url', 'http://a'))).toEqual({
    url: 'http://a',
    key: 'k',
    secret: 's',
  })
})

test('with all three given no file is read', () => {
  const target = readTarget(wanted('--bootstrap', 'none', '--url', 'http://a', '--key', 'x', '--secret', 'y'))
  expect(target).toEqual({ url: 'http://a', key: 'x', secret: 'y' })
})

test('a key without its secret, a missing file and one that is no JSON are told in a sentence', () => {
  expect(() => readTarget(wanted('--bootstrap', bootstrap, '--key', 'x'))).toThrow(
    new UsageError('Expected --key and --secret together; found only one.'),
  )
  expect(() => readTarget(wanted('--bootstrap', join(folder, 'none')))).toThrow(/^Credentials cannot be read \(ENOENT/)
  writeFileSync(join(folder, 'broken.json'), '{')
  expect(() => readTarget(wanted('--bootstrap', join(folder, 'broken.json')))).toThrow(/is not JSON/)
})
