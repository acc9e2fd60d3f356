import { type Transferable, Worker } from 'node:worker_threads'
import type { Log } from '../schema/ports/clock.js'

/** A worker ended before it answered, could not be started, or was closed. The same may succeed later. */
export class ThreadFailedError extends Error {
  override readonly name = 'ThreadFailedError'

  constructor(
    message: string,
    /** Whether the task took more heap than a worker has: again it would take as much. */
    readonly outOfMemory = false,
  ) {
    super(message)
  }
}

/** A message for a worker, and what of it is handed over instead of copied. */
export type Posted<Message> = readonly [message: Message, handed: readonly Transferable[]]

/** Worker threads of one kind, each with one task at a time; tasks wait in the order they came. */
export interface Threads<Message, Answer> {
  /**
   * Gives a task to the first worker that is free, and waits for its answer.
   *
   * @param post Called when its turn has come.
   * @param abort Takes the task out of the queue; one under way is worked off, and its answer dropped.
   * @throws ThreadFailedError, and the reason of the abort.
   */
  run(post: () => Posted<Message>, abort?: AbortSignal): Promise<Answer>
  /** Ends the workers. Tasks that were not answered fail. */
  close(): Promise<void>
}

/** A worker that needs more heap than this is ended, and its task fails, instead of the process. */
const WORKER_HEAP_MB = 512

interface Task<Message, Answer> {
  readonly post: () => Posted<Message>
  resolve(answer: Answer): void
  reject(error: unknown): void
}

interface Hand<Message, Answer> {
  readonly worker: Worker
  task: Task<Message, Answer> | null
}

/**
 * Workers are started when they are first needed, and again when one has died.
 *
 * @param options.name What they are, in words: `parse workers`.
 * @param options.workers How many, at least 1.
 * @param options.file The compiled module; it answers each message with one.
 * @param options.data What each worker is given at its start.
 */
export function createThreads<Message, Answer>(options: {
  readonly name: string
  readonly workers: number
  readonly file: string
  readonly data?: unknown
  readonly heapMb?: number
  readonly log: Pick<Log, 'error'>
}): Threads<Message, Answer> {
  const { name, workers, file, data, heapMb = WORKER_HEAP_MB, log } = options
  const hands = new Set<Hand<Message, Answer>>()
  const waiting = new Set<Task<Message, Answer>>()
  let closed = false
  const closedError = () => new ThreadFailedError(`The ${name} are closed.`)

  const assign = () => {
    for (const task of waiting) {
      const hand = [...hands].find((one) => one.task === null) ?? (hands.size < workers ? hire() : null)
      if (hand === null) return
      waiting.delete(task)
      hand.task = task
      const [message, handed] = task.post()
      hand.worker.postMessage(message, handed)
    }
  }

  const hire = (): Hand<Message, Answer> => {
    const worker = new Worker(file, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    const hand: Hand<Message, Answer> = { worker, task: null }
    hands.add(hand)
    worker.on('message', (answer: Answer) => {
      const { task } = hand
      hand.task = null
      task?.resolve(answer)
      assign()
    })
    let cause = 'it ended'
    let outOfMemory = false
    worker.on('error', (error) => {
      cause = error.message
      outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    })
    // Comes after 'error' too. The next task hires another, so that one that cannot start is not started in a loop.
    worker.on('exit', (code) => {
      hands.delete(hand)
      if (!closed) log.error({ code, cause }, `one of the ${name} ended`)
      const message = `One of the ${name} ended before it answered (${cause}).`
      hand.task?.reject(new ThreadFailedError(message, outOfMemory))
      hand.task = null
      assign()
    })
    return hand
  }

  return {
    run(post, abort) {
      if (closed) return Promise.reject(closedError())
      if (abort?.aborted) return Promise.reject(abort.reason)
      return new Promise<Answer>((resolve, reject) => {
        const task: Task<Message, Answer> = {
          post,
          resolve: (answer) => {
            abort?.removeEventListener('abort', give)
            resolve(answer)
          },
          reject: (error) => {
            abort?.removeEventListener('abort', give)
            reject(error)
          },
        }
        const give = () => {
          waiting.delete(task)
          reject(abort?.reason)
        }
        abort?.addEventListener('abort', give, { once: true })
        waiting.add(task)
        assign()
      })
    },
    async close() {
      closed = true
      for (const task of waiting) task.reject(closedError())
      waiting.clear()
      await Promise.all([...hands].map((hand) => hand.worker.terminate()))
    },
  }
}
