import { parentPort, workerData } from 'node:worker_threads'
import { createContexts, type EnrichSettings } from '../enrich/index.js'
import { answerTask, type ParseTask } from './worker-messages.js'

/*
 * A worker thread of the pool: makes rows of the batches it is sent, one task at a time.
 */
// What the pool hands each worker at its start.
const contexts = createContexts(workerData as EnrichSettings)

parentPort?.on('message', (task: ParseTask) => {
  const [answer, handed] = answerTask(task, contexts)
  parentPort?.postMessage(answer, handed)
})
