import { z } from 'zod'
import { labelNameSchema } from '../schema/domain/labels.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { badInput } from './user-fault.js'

const matcherListSchema = z
  .array(
    z
      .strictObject({ name: labelNameSchema, operator: z.enum(['=', '!=', '=~', '!~']), value: z.string().max(1_024) })
      .transform(({ name, operator, value }): Matcher => ({ name, op: operator, value })),
  )
  .max(16)

/** Matchers of a filter, in the shape of the GraphQL input. Throws BAD_USER_INPUT: lists have no `userErrors`. */
export function readMatchers(input: readonly object[] | null | undefined): readonly Matcher[] {
  const parsed = matcherListSchema.safeParse(input ?? [])
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw badInput(`The matcher at filter.labels.${issue?.path.join('.')} is wrong: ${issue?.message}.`)
}
