import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createJobs } from '../../queue/jobs.js'
import type { JobsStore } from '../../queue/jobs-backend.js'
import type { Job, JobQueue } from '../../schema/ports/notifications.js'
import { useProgram } from '../harness/program.js'
import { quietLog } from './quiet-log.js'

/** Works on a queue; `until` resolves once so many jobs were done. */
async function collect(queue: JobQueue, concurrency = 4) {
  const done: Job[] = []
  let check = () => {}
  const worker = await queue.work(
    async (job) => {
      done.push(job)
      check()
    },
    { concurrency },
  )
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      check = () => {
        if (done.length >= count) resolve()
      }
      check()
    })
  return { done, until, worker }
}

/** What jobs keep, on every store. */
export function jobsConformance(title: string, current: () => JobsStore): void {
  let queueNames = 0
  let name = ''
  beforeEach(() => {
    name = `queue-${++queueNames}`
  })

  function open(lockMs?: number) {
    const jobs = createJobs({ ...current(), log: quietLog(), ...(lockMs === undefined ? {} : { lockMs }) })
    onTestFinished(() => jobs.close())
    return jobs
  }

  describe(`${title} as jobs`, () => {
    it('runs each job with what it carries, one or many added at once', async () => {
      const queue = open().queue(name)
      await queue.add([])
      await queue.add([{ jobId: 'out_7_1', payload: { outboxId: '7', attempt: 1 } }])
      const many = Array.from({ length: 50 }, (_, i) => ({ jobId: `m_${i}`, payload: { i } }))
      await queue.add(many)
      const { done, until } = await collect(queue)
      await until(51)
      expect(done[0]).toEqual({ jobId: 'out_7_1', payload: { outboxId: '7', attempt: 1 } })
      expect(done.map(({ jobId }) => jobId).sort()).toEqual(['out_7_1', ...many.map(({ jobId }) => jobId)].sort())
    })

    it('adds a known id once, and again when its job has ended', async () => {
      const queue = open().queue(name)
      for (const payload of [{ n: 1 }, { n: 2 }]) await queue.add([{ jobId: 'out_1_1', payload }])
      await queue.add([
        { jobId: 'out_1_1', payload: { n: 3 } },
        { jobId: 'last', payload: {} },
      ])
      const { done, until, worker } = await collect(queue, 1)
      await until(2)
      await worker.stop()
      expect(done).toEqual([
        { jobId: 'out_1_1', payload: { n: 1 } },
        { jobId: 'last', payload: {} },
      ])
      await queue.add([{ jobId: 'out_1_1', payload: { n: 4 } }])
      const again = await collect(queue)
      await again.until(1)
      expect(again.done).toEqual([{ jobId: 'out_1_1', payload: { n: 4 } }])
    })

    it.each(['12', 'a:b', '', 'a b'])('refuses the id %j', async (jobId) => {
      await expect(
        open()
          .queue(name)
          .add([{ jobId, payload: {} }]),
      ).rejects.toThrow('is no id of a job')
    })

    it('waits with a delayed job, also when another process began the wait', async () => {
      const first = open()
      const added = performance.now()
      await first.queue(name).add([{ jobId: 'later', payload: {}, delayMs: 250 }])
      await first.close()
      const { until } = await collect(open().queue(name))
      await until(1)
      expect(performance.now() - added).toBeGreaterThan(240)
    })

    it('runs no failed job again, and goes on', async () => {
      const queue = open().queue(name)
      const begun: string[] = []
      let finished = () => {}
      const all = new Promise<void>((resolve) => {
        finished = resolve
      })
      await queue.work(
        async ({ jobId }) => {
          begun.push(jobId)
          if (jobId === 'last') finished()
          else throw new Error('The channel is gone.')
        },
        { concurrency: 1 },
      )
      await queue.add([{ jobId: 'bad', payload: {} }])
      await queue.add([{ jobId: 'last', payload: {}, delayMs: 100 }])
      await all
      expect(begun).toEqual(['bad', 'last'])
    })

    it('stops when what is in hand has ended, and leaves the rest to others', async () => {
      const jobs = open()
      const queue = jobs.queue(name)
      const begun: string[] = []
      const ended: string[] = []
      let began = () => {}
      let release = () => {}
      const first = new Promise<void>((resolve) => {
        began = resolve
      })
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      await queue.work(
        async ({ jobId }) => {
          begun.push(jobId)
          began()
          await released
          ended.push(jobId)
        },
        { concurrency: 1 },
      )
      await queue.add([
        { jobId: 'one', payload: {} },
        { jobId: 'two', payload: {} },
      ])
      await first
      const closing = jobs.close()
      release()
      await closing
      expect(ended).toEqual(begun)
      expect(begun).toHaveLength(1)
      const { done, until } = await collect(open().queue(name))
      await until(1)
      expect([...begun, ...done.map(({ jobId }) => jobId)].sort()).toEqual(['one', 'two'])
    })
  })

  describe(`${title}: a worker that is killed`, () => {
    const LOCK_MS = 400
    const workForEver = useProgram('work-for-ever')

    it('leaves its jobs to another', async () => {
      const queue = open(LOCK_MS).queue('killed')
      await queue.add([
        { jobId: 'out_1_1', payload: { id: '1' } },
        { jobId: 'out_2_1', payload: { id: '2' } },
      ])
      const store = current()
      const child =
        'redisUrl' in store
          ? workForEver([store.redisUrl, String(LOCK_MS), store.prefix ?? ''])
          : workForEver([store.connectionString, String(LOCK_MS)])
      await child.heard('began')
      await child.heard('began')
      child.process.kill('SIGKILL')
      await child.ended
      const { done, until } = await collect(queue)
      await until(2)
      expect(done.map(({ payload }) => payload.id).sort()).toEqual(['1', '2'])
    })
  })
}
