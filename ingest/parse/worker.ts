import { parentPort } from 'node:worker_threads'
import { toLogRows } from './log-rows.js'
import { failureAnswer, type ParseTask } from './worker-messages.js'

/*
 * A worker thread of the pool: makes rows of the batches it is sent, one task at a time.
 */
parentPort?.on('message', ({ task, batches }: ParseTask) => {
  try {
    const result = toLogRows(batches)
    parentPort?.postMessage({ task, outcome: 'rows', result }, [result.rows.buffer])
  } catch (error) {
    parentPort?.postMessage(failureAnswer(task, error))
  }
})
