import { parentPort } from 'node:worker_threads'
import { answerTask, type ParseTask } from './worker-messages.js'

/*
 * A worker thread of the pool: makes rows of the batches it is sent, one task at a time.
 */
parentPort?.on('message', (task: ParseTask) => {
  const [answer, handed] = answerTask(task)
  parentPort?.postMessage(answer, handed)
})
