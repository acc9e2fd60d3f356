import { expect, test } from 'vitest'
import { readArguments, UsageError } from './arguments.js'

test('what is left out has a default', () => {
  expect(readArguments(['x.log', '--format', 'jsonl'])).toMatchObject({
    file: 'x.log',
    format: { name: 'jsonl' },
    speed: 1,
    batch: 500,
    bootstrap: '.tocsin/bootstrap.json',
    url: null,
    key: null,
    secret: null,
    service: null,
  })
})

test('help is asked for by either name', () => {
  expect(readArguments(['--help'])).toBeNull()
  expect(readArguments(['-h'])).toBeNull()
})

test.each([
  [[], 'Expected one file; found 0.'],
  [['a', 'b'], 'Expected one file; found 2.'],
  [['a'], 'Expected --format with one of jsonl, syslog, apache, combined, openssh, openstack, zookeeper.'],
  [
    ['a', '--format', 'csv'],
    '--format is csv; expected one of jsonl, syslog, apache, combined, openssh, openstack, zookeeper.',
  ],
  [['a', '--format', 'jsonl', '--speed', 'fast'], '--speed is fast; expected 0 or a positive number.'],
  [['a', '--format', 'jsonl', '--speed=-1'], '--speed is -1; expected 0 or a positive number.'],
  [['a', '--format', 'jsonl', '--batch', '1001'], '--batch is 1001; expected 1 to 1000.'],
  [['a', '--format', 'jsonl', '--url', 'localhost'], '--url is localhost; expected http:// or https://.'],
  [['a', '--what'], "Unknown option '--what'."],
])('%j is refused with a sentence', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(new UsageError(message))
})
