import type { z } from 'zod'
import type { UserError } from '../schema/domain/errors.js'
import { inputWords } from '../schema/domain/wording.js'
import { UserFault } from './user-fault.js'

/** A list of a hundred thousand wrong things is answered with the first of them. */
const MOST_ERRORS = 20

/**
 * A value checked and read by a schema of the domain.
 *
 * @param path Where the value stands, from the operation's arguments inward.
 * @throws UserFault with the mistakes that were found (20 at most), each with its path.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: readonly string[],
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: inputWords })
  if (parsed.success) return parsed.data
  throw new UserFault(
    parsed.error.issues.slice(0, MOST_ERRORS).map((issue): UserError => {
      const missing = issue.code === 'invalid_type' && issue.input == null && valueAt(value, issue.path) == null
      const at = [...path, ...issue.path.map(String)]
      return { code: missing ? 'REQUIRED' : 'INVALID', path: at, message: `${issue.message} (at ${at.join('.')}).` }
    }),
  )
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, name)
  }
  return at
}
