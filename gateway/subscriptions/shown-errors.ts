import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { createFormatError } from '../graphql/format-error.js'
import { UserFault } from '../user-fault.js'

type FormatError = ReturnType<typeof createFormatError>

/** Errors of a subscription as callers see them, which has no `userErrors`: mistakes of the caller come with their code. */
export function createShownErrors(formatError: FormatError) {
  return (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.flatMap((error) => {
      const cause = error.originalError
      if (cause instanceof UserFault)
        return cause.errors.map(({ message, code, ...rest }) => ({ message, extensions: { code, ...rest } }))
      const formatted = error.toJSON()
      const code = formatted.extensions?.code ?? 'INTERNAL_SERVER_ERROR'
      return [formatError({ ...formatted, extensions: { ...formatted.extensions, code } }, error)]
    })
}

/** A refusal with its code. */
export function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
