import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import type { LogRows } from './log-rows.js'

/** What the pool sends a worker thread. */
export interface ParseTask {
  readonly task: number
  readonly batches: readonly ParsedBatch[]
}

/** What a worker thread answers. Errors lose their class on the way, so a poison batch goes as data. */
export type ParseAnswer =
  | { readonly task: number; readonly outcome: 'rows'; readonly result: LogRows }
  | { readonly task: number; readonly outcome: 'poison'; readonly batchId: string; readonly reason: string }
  | { readonly task: number; readonly outcome: 'failed'; readonly message: string }

/** An error as a worker answers it. */
export function failureAnswer(task: number, error: unknown): ParseAnswer {
  if (error instanceof PoisonBatchError)
    return { task, outcome: 'poison', batchId: error.batchId, reason: error.reason }
  return { task, outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
}
