import { describe, expect, it, onTestFinished } from 'vitest'
import type { FanOut } from '../../schema/ports/limits.js'

export interface FanOutSubject {
  readonly here: FanOut
  /** Another process (or this one, where there is but one). */
  readonly there: FanOut
}

/** What every fan-out keeps. */
export function fanOutConformance(name: string, open: () => FanOutSubject): void {
  function opened(): FanOutSubject {
    const subject = open()
    onTestFinished(async () => {
      await Promise.all([subject.here.close(), subject.there.close()])
    })
    return subject
  }

  /** Subscribes and answers what is heard, in order; `until` resolves once so many were. */
  async function listen(fanOut: FanOut, topic: Parameters<FanOut['subscribe']>[0]) {
    const heard: string[] = []
    let check = () => {}
    const stop = await fanOut.subscribe(topic, (payload) => {
      heard.push(payload)
      check()
    })
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        check = () => {
          if (heard.length >= count) resolve()
        }
        check()
      })
    return { heard, until, stop }
  }

  describe(`${name} as a fan-out`, () => {
    it('tells every subscriber of a topic, here and there', async () => {
      const { here, there } = opened()
      const listeners = await Promise.all([listen(here, 'monitor'), listen(here, 'monitor'), listen(there, 'monitor')])
      await here.publish('monitor', 'org one')
      await there.publish('monitor', '')
      await Promise.all(listeners.map(({ until }) => until(2)))
      for (const { heard } of listeners) expect([...heard].sort()).toEqual(['', 'org one'])
    })

    it('tells none of another topic', async () => {
      const { here, there } = opened()
      const keys = await listen(here, 'ingest-key')
      const incidents = await listen(here, 'incident')
      await there.publish('incident', 'i1')
      await incidents.until(1)
      await there.publish('ingest-key', 'k1')
      await keys.until(1)
      expect([keys.heard, incidents.heard]).toEqual([['k1'], ['i1']])
    })

    it('tells nothing to who has stopped, and goes on for the others', async () => {
      const { here, there } = opened()
      const gone = await listen(here, 'outbox')
      const staying = await listen(here, 'outbox')
      await gone.stop()
      await gone.stop()
      await there.publish('outbox', 'x')
      await staying.until(1)
      expect(gone.heard).toEqual([])
    })

    it('goes on when a subscriber throws', async () => {
      const { here } = opened()
      await here.subscribe('outbox', () => {
        throw new Error('A subscriber is broken.')
      })
      const sound = await listen(here, 'outbox')
      await here.publish('outbox', 'x')
      await sound.until(1)
      expect(sound.heard).toEqual(['x'])
    })

    it('keeps a payload as it is', async () => {
      const { here, there } = opened()
      const listener = await listen(here, 'incident')
      const payloads = ['it\'s "quoted"; DROP TABLE', 'zwei Wörter  \n und mehr', '{"a":1}', 'x'.repeat(7000)]
      for (const payload of payloads) await there.publish('incident', payload)
      await listener.until(payloads.length)
      expect([...listener.heard].sort()).toEqual([...payloads].sort())
    })

    it('closes at once, and more than once', async () => {
      const { here } = opened()
      await listen(here, 'intake')
      await here.close()
      await here.close()
    })
  })
}
