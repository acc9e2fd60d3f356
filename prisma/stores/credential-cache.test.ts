import { EventEmitter, once } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import { createCredentialCache, type Loaded } from './credential-cache.js'

let now = 0
let loads = 0
beforeEach(() => {
  now = 1_000_000
  loads = 0
})
const credential = (key: string): IngestCredential => ({
  keyId: `key_${key}`,
  orgId: 'org_1',
  key,
  scheme: 'BEARER',
  signals: ['logs'],
  secrets: [],
  allowedOrigins: [],
})
const found =
  (key: string, validUntil = Number.POSITIVE_INFINITY) =>
  async (): Promise<Loaded> => {
    loads++
    return { credential: credential(key), validUntil }
  }
const nothing = async (): Promise<Loaded> => {
  loads++
  return { credential: null, validUntil: Number.POSITIVE_INFINITY }
}
const open = () => createCredentialCache({ now: () => now })

describe('createCredentialCache', () => {
  it('remembers what it found for 30 s, and what it did not for 10 s', async () => {
    const cache = open()
    for (const [load, ms] of [[found('a'), 30_000] as const, [nothing, 10_000] as const]) {
      loads = 0
      await cache.get(`name ${ms}`, load)
      now += ms - 1
      await cache.get(`name ${ms}`, load)
      expect(loads).toBe(1)
      now += 1
      await cache.get(`name ${ms}`, load)
      expect(loads).toBe(2)
    }
  })

  it('remembers no longer than a secret is valid', async () => {
    const cache = open()
    await cache.get('n', found('a', now + 5_000))
    now += 5_000
    await cache.get('n', found('a'))
    expect(loads).toBe(2)
  })

  it('forgets a changed key under each of its names, and no other', async () => {
    const cache = open()
    for (const name of ['key:a', 'secret:a']) await cache.get(name, found('a'))
    await cache.get('key:b', found('b'))
    cache.forget('a')
    loads = 0
    for (const name of ['key:a', 'secret:a']) await cache.get(name, found('a'))
    await cache.get('key:b', found('b'))
    expect(loads).toBe(2)
  })

  it('does not remember what was read before a change and arrives after it', async () => {
    const cache = open()
    const arriving = new EventEmitter()
    const slow = cache.get('key:a', async () => (await once(arriving, 'loaded'))[0] as Loaded)
    cache.forget('a')
    const fresh = cache.get('key:a', nothing)
    arriving.emit('loaded', { credential: credential('a'), validUntil: Number.POSITIVE_INFINITY })
    expect((await slow)?.key).toBe('a')
    expect(await fresh).toBeNull()
    expect(await cache.get('key:a', nothing)).toBeNull()
    expect(loads).toBe(1)
  })

  it('asks once for many look-ups at one time, and again after a failure', async () => {
    const cache = open()
    await Promise.all([cache.get('n', found('a')), cache.get('n', found('a'))])
    expect(loads).toBe(1)
    await expect(cache.get('m', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect((await cache.get('m', found('b')))?.key).toBe('b')
  })

  it('lets made-up keys push out made-up keys alone', async () => {
    const cache = open()
    await cache.get('real', found('a'))
    for (let index = 0; index <= 10_000; index++) await cache.get(`made up ${index}`, nothing)
    loads = 0
    await cache.get('real', found('a'))
    await cache.get('made up 10000', nothing)
    expect(loads).toBe(0)
    await cache.get('made up 0', nothing)
    expect(loads).toBe(1)
  })
})
