import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBatch } from './batch.js'

describe('createBatch', () => {
  it('loads together what is asked in one turn, and each key once', async () => {
    const asked: (readonly string[])[] = []
    const get = createBatch<string, string>(async (keys) => {
      asked.push([...keys])
      return new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]))
    })
    expect(await Promise.all([get('a'), get('b'), get('none'), get('a')])).toEqual(['A', 'B', null, 'A'])
    expect(await Promise.all([get('b'), get('c')])).toEqual(['B', 'C'])
    expect(asked).toEqual([['a', 'b', 'none'], ['c']])
  })

  it('begins a new batch while the last one is loading', async () => {
    const waiting: (() => void)[] = []
    const get = createBatch<string, string>((keys) => {
      const loaded = new Map(keys.map((key) => [key, key]))
      return new Promise((resolve) => waiting.push(() => resolve(loaded)))
    })
    const first = get('a')
    await setImmediate()
    const second = get('b')
    await setImmediate()
    for (const resume of waiting) resume()
    expect(await Promise.all([first, second])).toEqual(['a', 'b'])
  })

  it('fails whoever asked when the load fails', async () => {
    const get = createBatch<string, string>(() => Promise.reject(new Error('away')))
    await expect(get('a')).rejects.toThrow('away')
  })
})
