import { QueryError } from '../../schema/domain/query-error.js'

/** An error at an offset (UTF-16 code units) of the query's text. The message is what was found and expected. */
export function errorAt(text: string, offset: number, message: string): QueryError {
  const before = text.slice(0, offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  return new QueryError(`line ${line}, column ${column}: ${message}`, line, column)
}

/** What stands at an offset, for a message: a token in quotes, cut to a readable length, or the end of the query. */
export function foundAt(text: string, offset: number): string {
  const rest = text.slice(offset).replace(/^(?:\s|#[^\n]*)+/, '')
  if (rest === '') return 'the end of the query'
  const token = /^(?:[A-Za-z_][\w:]*|[\d.]+\w*|"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|[|!=<>]?[=~>]|.)/su.exec(rest)?.[0] ?? rest
  return token.length > 40 ? `${token.slice(0, 40)}…` : token.startsWith('"') ? token : `"${token}"`
}
