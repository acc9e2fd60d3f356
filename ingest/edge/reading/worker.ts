import { parentPort } from 'node:worker_threads'
import { answerReading, type ReadingTask } from './tasks.js'

/*
 * A worker thread of the edge: decompresses, decodes and checks the bodies it is handed, one at a time.
 */
parentPort?.on('message', (task: ReadingTask) => {
  const [answer, handed] = answerReading(task)
  parentPort?.postMessage(answer, handed)
})
