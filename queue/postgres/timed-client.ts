import { EventEmitter } from 'node:events'
import pg from 'pg'

/** How a statement is answered. */
type Answered = (error: Error | null | undefined, result: unknown) => void

/**
 * A connection that is given up when a statement is not answered within `query_timeout`, and that lets go of each answer.
 *
 * V8 makes a function that is assigned to a property in its old generation, and what such a function refers to is kept until
 * the whole heap is looked through. pg's own `query_timeout` is one such function a statement, and a statement without a
 * callback is another: each answer lived on, and a collection of the young generation took 25 ms where bodies of batches were
 * read, and takes 2.
 */
export class TimedClient extends pg.Client {
  readonly #timeoutMs: number

  constructor({ query_timeout: timeoutMs = 0, ...config }: pg.ClientConfig = {}) {
    super(config)
    this.#timeoutMs = timeoutMs
  }

  /** As pg's. What it returns is said by pg's overloads, which it is called by. */
  override query(...asked: unknown[]): never {
    const [statement, second, third] = asked
    const callback = typeof second === 'function' ? second : third
    const answer =
      statement instanceof EventEmitter
        ? this.#stream(statement)
        : typeof callback === 'function'
          ? this.#ask(statement, second, callback as Answered)
          : this.#promise(statement, second)
    return answer as never
  }

  async #promise(statement: unknown, values: unknown): Promise<unknown> {
    try {
      return await new Promise((resolve, reject) => {
        this.#ask(statement, values, (error, result) => (error == null ? resolve(result) : reject(error)))
      })
    } catch (error) {
      // As pg does: from here a trace leads back to who asked, and not to the socket.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw error
    }
  }

  #ask(statement: unknown, values: unknown, answered: Answered): void {
    const timer = this.#timer()
    const asked = [
      statement,
      typeof values === 'function' ? undefined : values,
      (error: Error | null | undefined, result: unknown) => {
        clearTimeout(timer)
        answered(error, result)
      },
    ]
    super.query(...(asked as [string, unknown[], (error: Error) => void]))
  }

  /** A statement that is a stream, as COPY is. */
  #stream<Stream extends EventEmitter>(stream: Stream): Stream {
    const timer = this.#timer()
    const over = () => clearTimeout(timer)
    super.query(stream as never)
    return stream.once('finish', over).once('end', over).once('error', over).once('close', over)
  }

  #timer(): NodeJS.Timeout | undefined {
    return this.#timeoutMs > 0 ? setTimeout(giveUp, this.#timeoutMs, this) : undefined
  }
}

/** Whatever is asked of the connection fails with it. */
function giveUp({ connection }: TimedClient): void {
  connection.stream.destroy(new Error('PostgreSQL did not answer in time.'))
}
