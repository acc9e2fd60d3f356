import { type ExecutionResult, type FormattedExecutionResult, GraphQLError } from 'graphql'

/** Events that can be ended from outside, with a last one that says why. */
export interface EndableEvents extends AsyncIterableIterator<FormattedExecutionResult> {
  end(error: GraphQLError): void
}

/**
 * @param source Ends when `stop` was called, or what it comes from would never be let go.
 * @param formatted A result as callers see it.
 * @param stop Called once, when the events are over.
 */
export function endable(
  source: AsyncGenerator<ExecutionResult, void, void>,
  formatted: (result: ExecutionResult) => FormattedExecutionResult,
  stop: () => void,
): EndableEvents {
  let last: GraphQLError | null = null
  let isOver = false
  const over = () => {
    if (isOver) return
    isOver = true
    stop()
  }
  const events: EndableEvents = {
    async next() {
      if (!isOver) {
        try {
          const { done, value } = await source.next()
          if (!done && !isOver) return { done: false, value: formatted(value) }
        } catch (error) {
          last ??= error instanceof GraphQLError ? error : wrapped(error)
        }
        over()
      }
      if (last === null) return { done: true, value: undefined }
      const value = formatted({ errors: [last] })
      last = null
      return { done: false, value }
    },
    async return() {
      last = null
      over()
      return { done: true, value: undefined }
    },
    end(error) {
      if (isOver) return
      last = error
      over()
    },
    [Symbol.asyncIterator]: () => events,
  }
  return events
}

function wrapped(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(originalError.message, { originalError })
}
