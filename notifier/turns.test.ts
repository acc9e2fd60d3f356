import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.js'

/** Work that runs until it is told to end. */
function gate() {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const work = (name: string) => () =>
    new Promise<void>((resolve, reject) => {
      begun.push(name)
      ends.set(name, (error) => (error === undefined ? resolve() : reject(error)))
    })
  return { begun, work, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

const ignore = () => undefined
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('lets as many run as a key has, and the next when one ends', async () => {
    const { begun, work, end } = gate()
    const turns = createTurns(2, ignore)
    const first = turns.take('hook', 'a', work('a'))
    void turns.take('hook', 'b', work('b'))
    expect(await turns.take('hook', 'c', work('c'))).toBe(false)
    expect(begun).toEqual(['a', 'b'])
    end('a')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c'])
    end('c')
    expect(await first).toBe(true)
  })

  it('keeps keys apart', async () => {
    const { begun, work } = gate()
    const turns = createTurns(1, ignore)
    void turns.take('stuck', 'a', work('a'))
    void turns.take('quick', 'b', work('b'))
    await settled()
    expect(begun).toEqual(['a', 'b'])
  })

  it('lets a name wait once', async () => {
    const { begun, work, end } = gate()
    const turns = createTurns(1, ignore)
    void turns.take('hook', 'a', work('a'))
    await turns.take('hook', 'b', work('b'))
    await turns.take('hook', 'b', work('b'))
    end('a')
    await settled()
    end('b')
    await settled()
    expect(begun).toEqual(['a', 'b'])
  })

  it('goes on after work that throws, and says which waiting work did', async () => {
    const { begun, work, end } = gate()
    const failed: string[] = []
    const turns = createTurns(1, (_, name) => failed.push(name))
    const first = turns.take('hook', 'a', work('a'))
    await turns.take('hook', 'b', work('b'))
    await turns.take('hook', 'c', work('c'))
    end('a', new Error('a'))
    await settled()
    end('b', new Error('b'))
    await settled()
    end('c')
    await expect(first).rejects.toThrow('a')
    expect(begun).toEqual(['a', 'b', 'c'])
    expect(failed).toEqual(['b'])
  })

  it('forgets what waits when it is told to', async () => {
    const { begun, work, end } = gate()
    const turns = createTurns(1, ignore)
    const first = turns.take('hook', 'a', work('a'))
    await turns.take('hook', 'b', work('b'))
    expect(turns.waiting()).toEqual(['b'])
    turns.clear()
    expect(turns.waiting()).toEqual([])
    end('a')
    await first
    expect(begun).toEqual(['a'])
  })
})
