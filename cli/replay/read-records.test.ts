import { expect, test } from 'vitest'
import { jsonl } from './formats/jsonl.js'
import { openstack } from './formats/openstack.js'
import { readRecords } from './read-records.js'

async function read(lines: string[], format = openstack) {
  const skipped = { lines: 0 }
  const messages: string[] = []
  for await (const { message } of readRecords(lines, format, skipped)) messages.push(message)
  return { messages, skipped: skipped.lines }
}

const start = (text: string) => `2026-01-02 03:04:05.678 1 INFO nova.x [-] ${text}`

test('lines that begin nothing go on with the record before', async () => {
  const lines = ['lost', start('one'), 'Traceback', '', '  more', start('two')]
  expect(await read(lines)).toEqual({ messages: ['one\nTraceback\n\n  more', 'two'], skipped: 1 })
})

test('a record that goes on for ever is cut', async () => {
  const { messages, skipped } = await read([start('one'), ...Array<string>(1_500).fill('x'), start('two')])
  expect([messages[0]?.split('\n').length, messages[1], skipped]).toEqual([1_001, 'two', 500])
})

test('lines that cannot be read are counted', async () => {
  expect(await read(['{"time":1767323045678,"msg":"a"}', 'oops', ''], jsonl)).toEqual({ messages: ['a'], skipped: 1 })
})
