import { createReadStream, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { type ParsedBatch, toLogRows } from '../../ingest/parse/index.js'
import { packageRoot } from '../../package-root.js'
import { readNativeBlock } from '../../test/harness/native-block.js'
import { NOW, openTestEdge, SECRET } from '../../test/ingest-edge.js'
import { openstack } from './formats/openstack.js'
import { paceOf } from './pace.js'
import { readRecords } from './read-records.js'
import type { ReplayRecord } from './record.js'
import { replay, type Tally } from './replay.js'
import { sendBatch } from './send-batch.js'

function record(ms: number, message = 'x'): ReplayRecord {
  return { at: { ms, ns: 0 }, service: 'api', level: 'info', message, attributes: {} }
}

async function* from(records: readonly ReplayRecord[]) {
  yield* records
}

/** Replays in scripted time; tells when each batch was sent, with which messages. */
async function replayed(
  records: AsyncIterable<ReplayRecord>,
  { speed = 1, batch = 500, last = 0, abort = new AbortController() } = {},
) {
  let now = NOW
  const sends: { after: number; messages: string[]; times: number[]; key: string }[] = []
  const tally: Tally = { records: 0, batches: 0, accepted: 0, replays: 0, retries: 0 }
  await replay(records, {
    pace: paceOf(speed, 0, last, NOW),
    batch,
    service: null,
    runId: 'run',
    tally,
    now: () => now,
    wait: async (ms) => {
      now += ms
    },
    abort: abort.signal,
    send: async (body, key) => {
      const { logs } = JSON.parse(body) as { logs: { message: string; timestamp: string }[] }
      const times = logs.map(({ timestamp }) => Number(BigInt(timestamp) / 1_000_000n) - NOW)
      sends.push({ after: now - NOW, messages: logs.map(({ message }) => message), times, key })
      return { accepted: logs.length, replayed: false, retries: 0 }
    },
  })
  return { sends, tally }
}

test('records go when they are due and bear that time; what is near goes together', async () => {
  const { sends, tally } = await replayed(
    from([record(0, 'a'), record(200, 'b'), record(5_000, 'c'), record(5_010, 'd')]),
  )
  expect(sends).toEqual([
    { after: 0, messages: ['a', 'b'], times: [0, 200], key: 'replay-run-0' },
    { after: 5_000, messages: ['c', 'd'], times: [5_000, 5_010], key: 'replay-run-1' },
  ])
  expect(tally).toEqual({ records: 4, batches: 2, accepted: 4, replays: 0, retries: 0 })
})

test('speed shrinks the distances', async () => {
  const { sends } = await replayed(from([record(0), record(60_000)]), { speed: 60 })
  expect(sends.map(({ after, times }) => [after, times])).toEqual([
    [0, [0]],
    [1_000, [1_000]],
  ])
})

test('speed 0 does not wait', async () => {
  const { sends } = await replayed(from([record(0), record(60_000)]), { speed: 0, last: 60_000 })
  expect(sends).toMatchObject([{ after: 0, times: [-60_000, 0] }])
})

test('batches are no larger than asked, nor than the edge takes', async () => {
  const { sends } = await replayed(from([1, 2, 3, 4, 5].map(() => record(0))), { batch: 2 })
  expect(sends.map(({ messages }) => messages.length)).toEqual([2, 2, 1])
  const long = record(0, 'x'.repeat(262_144))
  const large = await replayed(from(Array.from({ length: 40 }, () => long)))
  expect(large.sends.map(({ messages }) => messages.length)).toEqual([16, 16, 8])
})

test('interrupted, it sends what it gathered and no more', async () => {
  const abort = new AbortController()
  async function* records() {
    yield record(0, 'a')
    abort.abort()
    yield record(0, 'b')
  }
  const { sends } = await replayed(records(), { abort })
  expect(sends.map(({ messages }) => messages)).toEqual([['a']])
})

const data = resolve(packageRoot(), process.env.TOCSIN_TEST_DATA ?? '../shared/data')
const file = join(data, 'loghub/OpenStack.log')

test.runIf(existsSync(file))('2,000 lines of OpenStack go through the edge, each once and whole', async () => {
  const edge = await openTestEdge()
  onTestFinished(() => edge.close())
  const target = { url: `http://127.0.0.1:${edge.port}`, key: 'tk_public', secret: SECRET }
  const skipped = { lines: 0 }
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
  const tally: Tally = { records: 0, batches: 0, accepted: 0, replays: 0, retries: 0 }
  const abort = new AbortController().signal
  const wait = () => Promise.reject(new Error('speed 0 does not wait'))
  await replay(readRecords(lines, openstack, skipped), {
    pace: paceOf(0, Date.UTC(2017, 4, 16), Date.UTC(2017, 4, 16, 0, 14, 48), NOW),
    batch: 500,
    service: null,
    runId: 'run',
    tally,
    now: () => NOW,
    wait,
    abort,
    send: (body, idempotencyKey) => sendBatch(target, body, { idempotencyKey, wait, now: () => NOW, abort }),
  })
  expect([tally.records, tally.accepted, tally.batches, skipped.lines]).toEqual([2_000, 2_000, 4, 0])
  const batches: ParsedBatch[] = edge.intake.batches.map((batch) => ({ ...batch, acceptedAt: NOW }))
  const { rows, lines: flushLines } = toLogRows(batches)
  expect(flushLines[0]?.rows).toBe(2_000)
  const cells = readNativeBlock(rows)
  const ofService = (service: string) => cells.filter((row) => row.service === service).length
  expect(['nova-api', 'nova-compute', 'nova-scheduler'].map(ofService)).toEqual([1060, 933, 7])
  expect(cells.filter((row) => row.level === 'warn')).toHaveLength(31)
  // Of the access lines each has its status, its length and its time.
  const numbers = cells.map((row) => (row.attributes_number as [string, number][]).map(([name]) => name))
  const access = numbers.filter((names) => names.includes('status'))
  expect(access.length).toBeGreaterThan(900)
  for (const names of access) expect(names).toEqual(['pid', 'status', 'len', 'time'])
})
