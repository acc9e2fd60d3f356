import { randomBytes, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { plainOf } from '../plain-of.js'
import { AMPLE, batch, enqueueAll, eventually, type IntakeSubject, idsOf, jsonBody } from './intake-subject.js'

export function claimsConformance(current: () => IntakeSubject): void {
  it('hands a batch over as it came', async () => {
    const { intake } = current()
    const sent = batch({ orgId: 'org-ü', keyId: 'key-1', signal: 'spans', items: 7 })
    const before = Date.now()
    const answer = await intake.enqueue(sent)
    const [claimed] = await intake.claim('a', 'spans', AMPLE)
    const { idempotency: _, ...fields } = sent
    expect(answer).toMatchObject({ outcome: 'accepted', batchId: sent.batchId, items: 7 })
    const acceptedAt = 'acceptedAt' in answer ? answer.acceptedAt : Number.NaN
    expect(Number.isInteger(acceptedAt)).toBe(true)
    expect(Math.abs(acceptedAt - before)).toBeLessThan(5000)
    expect(claimed).toEqual({ ...fields, body: claimed?.body, acceptedAt, deliveries: 1 })
    expect(plainOf(claimed).equals(plainOf(sent))).toBe(true)
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['one byte', Buffer.of(0)],
    ['bytes that do not compress', randomBytes(300_000)],
    ['one byte two million times', Buffer.alloc(2_000_000, 'x')],
    ['a view into a larger buffer', new Uint8Array(jsonBody(5000).buffer, 16, 3000)],
  ])('keeps a body: %s', async (_, body) => {
    const { intake, other } = current()
    await intake.enqueue(batch({ body }))
    const [claimed] = await other.claim('a', 'logs', AMPLE)
    expect(claimed?.body.bytes).toBe(body.length)
    expect(plainOf(claimed).equals(body)).toBe(true)
  })

  it('hands out the oldest first, a signal at a time', async () => {
    const { intake, other } = current()
    const logs = Array.from({ length: 20 }, (_, i) => batch({ orgId: `org${i % 3}` }))
    for (const one of logs) {
      await intake.enqueue(one)
      await intake.enqueue(batch({ signal: 'metrics' }))
    }
    const order: string[] = []
    for (const consumer of ['a', 'b', 'c', 'd', 'e']) {
      const claimed = await (consumer === 'b' ? other : intake).claim(consumer, 'logs', { ...AMPLE, maxBatches: 4 })
      order.push(...idsOf(claimed))
    }
    expect(order).toEqual(idsOf(logs))
    expect(await intake.claim('f', 'logs', AMPLE)).toEqual([])
    expect(await intake.claim('f', 'rum', AMPLE)).toEqual([])
    expect(await intake.claim('f', 'metrics', AMPLE)).toHaveLength(20)
  })

  it('stops at so many batches, or after the batch that reaches so many bytes', async () => {
    const { intake } = current()
    const body = randomBytes(1000)
    await enqueueAll(
      intake,
      Array.from({ length: 10 }, () => batch({ body })),
    )
    const claim = (maxBatches: number, maxBytes: number) =>
      intake.claim('a', 'logs', { maxBatches, maxBytes, claimMs: 60_000 })
    expect(await claim(2, 1e9)).toHaveLength(2)
    expect(await claim(100, 2500)).toHaveLength(3)
    expect(await claim(100, 2000)).toHaveLength(2)
    expect(await claim(100, 1)).toHaveLength(1)
    expect(await claim(100, 1e9)).toHaveLength(2)
  })

  it('hands a claimed batch to nobody else while the claim holds', async () => {
    const { intake, other } = current()
    const sent = batch()
    await intake.enqueue(sent)
    expect(idsOf(await intake.claim('a', 'logs', AMPLE))).toEqual([sent.batchId])
    expect(await other.claim('b', 'logs', AMPLE)).toEqual([])
    expect(await intake.claim('a', 'logs', AMPLE)).toEqual([])
  })

  it('hands out again what a consumer that died had claimed', async () => {
    const { intake, other } = current()
    const [first, second] = await enqueueAll(intake, [batch(), batch()])
    await intake.claim('dead', 'logs', { ...AMPLE, claimMs: 40 })
    const again = await eventually(async () => {
      const claimed = await other.claim('b', 'logs', AMPLE)
      return claimed.length === 2 && claimed
    })
    expect(idsOf(again)).toEqual([first?.batchId, second?.batchId])
    expect(again.map(({ deliveries }) => deliveries)).toEqual([2, 2])
    expect(await intake.extend('dead', idsOf(again), 60_000)).toEqual([])
  })

  it('forgets a batch once it is acknowledged, by whomever, and only then', async () => {
    const { intake, other } = current()
    const [kept, gone] = await enqueueAll(intake, [batch(), batch()])
    await intake.claim('a', 'logs', { ...AMPLE, claimMs: 1 })
    await other.acknowledge([gone?.batchId ?? '', randomUUID()])
    await other.acknowledge([gone?.batchId ?? ''])
    await other.acknowledge([])
    const left = await eventually(async () => {
      const claimed = await other.claim('b', 'logs', AMPLE)
      return claimed.length > 0 && claimed
    })
    expect(idsOf(left)).toEqual([kept?.batchId])
    expect(await intake.depth()).toEqual({ batches: 1, bytes: kept?.body.bytes })
  })

  it('keeps a claim that is renewed, and tells which are held still', async () => {
    const { intake, other } = current()
    const [renewed, left, stolen] = await enqueueAll(intake, [batch(), batch(), batch()])
    const ids = idsOf(await intake.claim('a', 'logs', { ...AMPLE, claimMs: 50 }))
    expect(await intake.extend('a', [renewed?.batchId ?? ''], 60_000)).toEqual([renewed?.batchId])
    await other.claimThese('b', [stolen?.batchId ?? ''], 60_000)
    expect(new Set(await intake.extend('a', ids, 60_000))).toEqual(new Set([renewed?.batchId, left?.batchId]))
    expect(await other.claim('c', 'logs', AMPLE)).toEqual([])
    expect(await intake.extend('a', [randomUUID()], 1)).toEqual([])
  })

  it('claims named batches whoever holds them, and leaves out those no longer there', async () => {
    const { intake, other } = current()
    const [first, second, gone] = await enqueueAll(intake, [batch(), batch(), batch()])
    await intake.claim('a', 'logs', AMPLE)
    await intake.acknowledge([gone?.batchId ?? ''])
    const named = [gone, second, first].map((one) => one?.batchId ?? '')
    const claimed = await other.claimThese('b', [...named, randomUUID()], 60_000)
    expect(idsOf(claimed)).toEqual([first?.batchId, second?.batchId])
    expect(claimed.map(({ deliveries }) => deliveries)).toEqual([2, 2])
    expect(plainOf(claimed[0]).equals(plainOf(first))).toBe(true)
    expect(await intake.extend('a', named, 1)).toEqual([])
    expect(await intake.claimThese('b', [], 1)).toEqual([])
  })

  it('gives back what is released by its holder, and nothing else', async () => {
    const { intake, other } = current()
    const [mine, kept] = await enqueueAll(intake, [batch(), batch()])
    await intake.claim('a', 'logs', AMPLE)
    await other.release('b', [mine?.batchId ?? '', kept?.batchId ?? ''])
    expect(await other.claim('b', 'logs', AMPLE)).toEqual([])
    await intake.release('a', [mine?.batchId ?? ''])
    expect(idsOf(await other.claim('b', 'logs', AMPLE))).toEqual([mine?.batchId])
  })

  it('voids every claim for one that is alone', async () => {
    const { intake, other } = current()
    const sent = await enqueueAll(intake, [batch(), batch(), batch()])
    await intake.claim('dead', 'logs', AMPLE)
    await other.releaseAll()
    expect(idsOf(await other.claim('b', 'logs', AMPLE))).toEqual(idsOf(sent))
  })

  it('moves poison to the dead letters with its reason, and nothing behind it', async () => {
    const { intake, other, deadLetters } = current()
    const [poison, sound] = await enqueueAll(intake, [batch({ body: jsonBody(20_000), orgId: 'shop' }), batch()])
    await intake.claim('a', 'logs', AMPLE)
    await other.deadLetter(poison?.batchId ?? '', 'Its timestamps are no numbers.')
    await other.deadLetter(poison?.batchId ?? '', 'Said twice.')
    await other.deadLetter(randomUUID(), 'Never seen.')
    const letters = await deadLetters()
    expect(letters).toMatchObject([
      { batchId: poison?.batchId, orgId: 'shop', reason: 'Its timestamps are no numbers.' },
    ])
    expect(Buffer.from(letters[0]?.body ?? []).equals(plainOf(poison))).toBe(true)
    expect((await intake.watermarks()).oldest).toMatchObject([{ orgId: 'org' }])
    expect(await intake.depth()).toEqual({ batches: 1, bytes: sound?.body.bytes })
  })

  it('counts what waits and what is claimed', async () => {
    const { intake } = current()
    expect(await intake.depth()).toEqual({ batches: 0, bytes: 0 })
    const sent = await enqueueAll(intake, [batch(), batch({ signal: 'rum' }), batch({ body: jsonBody(9000) })])
    await intake.claim('a', 'rum', AMPLE)
    const bytes = sent.reduce((sum, { body }) => sum + body.bytes, 0)
    expect(await intake.depth()).toEqual({ batches: 3, bytes })
  })
}
