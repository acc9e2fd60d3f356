import type { Matcher } from '../../schema/domain/matcher.js'
import { MatcherError } from '../../schema/ports/control-plane.js'

/** Conditions of one statement and the values they take, numbered as PostgreSQL wants them. */
export class Conditions {
  readonly values: unknown[] = []
  readonly #clauses: string[] = []

  /** Adds a condition; each argument stands in it as the place of a value. */
  and(condition: (...places: string[]) => string, ...given: unknown[]): void {
    this.#clauses.push(condition(...given.map((value) => this.place(value))))
  }

  /** The place of one more value. */
  place(value: unknown): string {
    return `$${this.values.push(value)}`
  }

  /** All conditions, joined; `true` when there is none. */
  get sql(): string {
    return this.#clauses.length === 0 ? 'true' : this.#clauses.join(' AND ')
  }
}

/**
 * Adds a matcher over labels kept as a JSON object. PostgreSQL runs the pattern, and not V8: its engine does not
 * backtrack without end.
 */
export function andMatcher(where: Conditions, column: string, matcher: Matcher): void {
  const operator = { '=': '=', '!=': '<>', '=~': '~', '!~': '!~' }[matcher.op]
  const isPattern = matcher.op === '=~' || matcher.op === '!~'
  where.and(
    (name, value) => `coalesce(${column} ->> ${name}, '') ${operator} ${value}`,
    matcher.name,
    isPattern ? `^(?:${matcher.value})$` : matcher.value,
  )
}

/** Runs a statement with matchers in it; a pattern that PostgreSQL refuses becomes a `MatcherError`. */
export async function withPatterns<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    // invalid_regular_expression
    if (error instanceof Error && 'code' in error && error.code === '2201B')
      throw new MatcherError(`A matcher's pattern is no regular expression: ${error.message}.`, { cause: error })
    throw error
  }
}
