import { parentPort } from 'node:worker_threads'
import { evaluateTask } from './evaluate-task.js'
import { buffersOf } from './packed-series.js'
import type { EvaluationAnswer, EvaluationTask } from './task.js'

/*
 * A worker thread of the pool: evaluates the queries it is sent, one at a time.
 */
parentPort?.on('message', async (task: EvaluationTask) => {
  const answer = await evaluateTask(task)
  parentPort?.postMessage(answer, transferOf(answer))
})

/** Buffers that are handed over instead of copied. */
function transferOf(answer: EvaluationAnswer): ArrayBuffer[] {
  if (answer.outcome !== 'done') return []
  const { evaluated } = answer
  const fresh = evaluated.fresh === undefined ? [] : buffersOf(evaluated.fresh.series)
  const columns =
    evaluated.form === 'json'
      ? [evaluated.data]
      : evaluated.result.kind === 'matrix'
        ? evaluated.result.series.flatMap(({ timestamps, values }) => [timestamps, values])
        : []
  const buffers = [...columns.map(({ buffer }) => buffer), ...fresh]
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))]
}
