/**
 * The statements of a ClickHouse script, which its HTTP interface takes one at a time: split at each `;` that ends a
 * line and stands outside strings, quoted names and comments. Comments between statements go with the next one; a rest
 * that is nothing but comments is no statement.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = []
  // One token at a time: a comment, a quoted piece (a backslash or a doubled quote escapes), or any single character.
  const token =
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|''|[^'\\])*'|`(?:\\[\s\S]|[^`\\])*`|"(?:\\[\s\S]|[^"\\])*"|[\s\S]/g
  let statement = ''
  let hasWords = false
  for (const { 0: piece, index } of script.matchAll(token)) {
    if (piece === ';' && /^[ \t]*(--[^\n]*)?(\r?\n|$)/.test(script.slice(index + 1, index + 1 + 500))) {
      if (hasWords) statements.push(statement.trim())
      statement = ''
      hasWords = false
      continue
    }
    statement += piece
    if (piece.trim() !== '' && !piece.startsWith('--') && !piece.startsWith('/*')) hasWords = true
  }
  if (hasWords) statements.push(statement.trim())
  return statements
}
