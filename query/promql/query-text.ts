import { QueryError } from '../../schema/domain/query-error.js'
import type { Span } from './ast.js'

/** A PromQL text that cannot be run, with what stood there and what could have. */
export class PromqlError extends QueryError {
  constructor(
    message: string,
    line: number,
    column: number,
    /** What stands at that place, as in the text; empty when the fault is not one of form. */
    readonly found: string,
    /** What could stand there; empty when the fault is not one of form. */
    readonly expected: string,
    /** The message without its place; for faults that data bring out, in Prometheus's words. */
    readonly sentence: string,
  ) {
    super(message, line, column)
  }
}

/** 1-based line and column of an offset. */
export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** A fault of form. */
export function syntaxError(text: string, offset: number, found: string, expected: string): PromqlError {
  return errorAt(text, offset, `found ${found}, expected ${expected}`, found, expected)
}

/** A fault of meaning at a node, with the sentence that names it (without the final stop). */
export function meaningError(text: string, span: Span, sentence: string): PromqlError {
  return errorAt(text, span.from, sentence, text.slice(span.from, span.to), '')
}

function errorAt(text: string, offset: number, sentence: string, found: string, expected: string): PromqlError {
  const { line, column } = position(text, offset)
  return new PromqlError(`Line ${line}, column ${column}: ${sentence}.`, line, column, found, expected, sentence)
}
