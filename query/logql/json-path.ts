/**
 * Reads a path into JSON: `a.b`, `list[0]`, `a["with space"]`, in any mix. Null for any other text.
 */
export function readJsonPath(text: string): (string | number)[] | null {
  const path: (string | number)[] = []
  const step = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y
  while (step.lastIndex < text.length) {
    const start = step.lastIndex
    const match = step.exec(text)
    if (match === null || (match[1] !== undefined && (start === 0) === match[0].startsWith('.'))) return null
    if (match[1] !== undefined) path.push(match[1])
    else if (match[2] !== undefined) path.push(Number(match[2]))
    else {
      const key = unquoted(match[3] ?? '')
      if (key === null) return null
      path.push(key)
    }
  }
  return path.length === 0 ? null : path
}

function unquoted(literal: string): string | null {
  try {
    return String(JSON.parse(literal))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
