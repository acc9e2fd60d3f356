import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSealer } from '../../prisma/sealing.js'
import { createPostgresIntake } from '../../queue/postgres/intake.js'
import type { Intake } from '../../schema/ports/intake.js'
import { packBody, unpackBody } from '../../schema/ports/packed-body.js'
import { useStores } from '../../test/harness/stores.js'
import { keptLog } from '../../test/ingest-edge.js'
import { plainOf } from '../../test/plain-of.js'
import { findLetter, listLetters } from './letters.js'
import { openBody, type ReplayDeps, replayLetter } from './replay.js'

const stores = useStores()
const sealer = createSealer(randomBytes(32))
const BODY = Buffer.from(JSON.stringify({ logs: [{ message: 'poison '.repeat(500) }] }))
const EVERY = { org: null, signal: null, reason: null, withReplayed: false, limit: 100 }

let intake: Intake
beforeAll(() => {
  intake = createPostgresIntake({ connectionString: stores.url, seal: sealer.seal, log: keptLog() })
})
afterAll(() => intake.close())
beforeEach(async () => {
  await stores.pool.query('TRUNCATE engine.intake, engine.dead_letter, engine.idempotency')
})

const deps = (): ReplayDeps => ({ pool: stores.pool, intake, sealer, newBatchId: randomUUID })

/** A batch that was accepted and put aside. */
async function letter({ orgId = 'org_1', signal = 'logs', reason = 'The batch holds a NUL.' } = {}) {
  const batchId = randomUUID()
  await intake.enqueue({
    ...{
      batchId,
      orgId,
      keyId: 'key_1',
      signal: signal as 'logs',
      protocol: 'native-json',
      items: 1,
      body: packBody(BODY),
    },
    idempotency: { scope: randomBytes(32), bodyHash: randomBytes(32), ttlMs: 60_000 },
  })
  await intake.deadLetter(batchId, reason)
  const found = await findLetter(stores.pool, batchId)
  if (found === null) throw new Error('The letter is not where it was put.')
  return found
}

const claim = () => intake.claim('test', 'logs', { maxBatches: 10, maxBytes: 1e9, claimMs: 60_000 })

test('a letter keeps the body as it came, and opens under its own key alone', async () => {
  const found = await letter()
  expect(Buffer.from(found.sealedBody).includes('poison')).toBe(false)
  expect(Buffer.from(unpackBody(openBody(found, sealer)))).toEqual(BODY)
  expect(() => openBody(found, createSealer(randomBytes(32)))).toThrow('does not open')
})

test('a replay is a batch of its own, with everything the letter had', async () => {
  const found = await letter()
  const { replayedAs, before } = await replayLetter(found, deps())
  expect(before).toBe(false)
  const [batch] = await claim()
  expect(batch).toMatchObject({
    batchId: replayedAs,
    orgId: 'org_1',
    keyId: 'key_1',
    protocol: 'native-json',
    items: 1,
  })
  expect(plainOf(batch)).toEqual(BODY)
  expect(replayedAs).not.toBe(found.batchId)
  expect(await findLetter(stores.pool, found.batchId)).toMatchObject({ replayedAs, replayedAt: expect.any(Number) })
  expect(await listLetters(stores.pool, EVERY)).toEqual([])
})

test('however often and at once it is replayed, it is one batch', async () => {
  const found = await letter()
  const answers = await Promise.all(Array.from({ length: 8 }, () => replayLetter(found, deps())))
  const [first] = answers
  answers.push(await replayLetter((await findLetter(stores.pool, found.batchId)) ?? found, deps()))
  expect(new Set(answers.map(({ replayedAs }) => replayedAs))).toEqual(new Set([first?.replayedAs]))
  expect(answers.filter(({ before }) => !before)).toHaveLength(1)
  expect(await claim()).toHaveLength(1)
})

test('a replay broken off after the enqueue is ended by the next', async () => {
  const found = await letter()
  const breaking: ReplayDeps = {
    ...deps(),
    intake: {
      async enqueue(batch) {
        await intake.enqueue(batch)
        throw new Error('the process died')
      },
    },
  }
  await expect(replayLetter(found, breaking)).rejects.toThrow('died')
  const [waiting] = await listLetters(stores.pool, EVERY)
  expect(waiting).toMatchObject({ replayedAs: expect.any(String), replayedAt: null })
  const [batch] = await claim()
  // Even when what was enqueued has been stored and is gone from the queue by then.
  await intake.acknowledge([batch?.batchId ?? ''])
  expect(await replayLetter(found, deps())).toEqual({ replayedAs: waiting?.replayedAs, before: true })
  expect(await claim()).toEqual([])
  expect(await listLetters(stores.pool, EVERY)).toEqual([])
})

test('a list is filtered by org, signal, reason and whether it was replayed, in the order of acceptance', async () => {
  const one = await letter()
  const two = await letter({ orgId: 'org_2', reason: 'Broken' })
  const three = await letter({ signal: 'metrics' })
  await replayLetter(three, deps())
  const ids = async (filter: object) => (await listLetters(stores.pool, { ...EVERY, ...filter })).map((l) => l.batchId)
  expect(await ids({})).toEqual([one.batchId, two.batchId])
  expect(await ids({ withReplayed: true })).toEqual([one.batchId, two.batchId, three.batchId])
  expect(await ids({ org: 'org_2' })).toEqual([two.batchId])
  expect(await ids({ signal: 'metrics', withReplayed: true })).toEqual([three.batchId])
  expect(await ids({ reason: 'BROKEN' })).toEqual([two.batchId])
  expect(await ids({ limit: 1 })).toEqual([one.batchId])
})
