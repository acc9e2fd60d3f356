import { FlatFields } from './flatten.js'

/**
 * Fields of a line that is a JSON object, flat: nested names joined by dots, arrays as their text, nulls left out. Bounds
 * are those of attributes; what exceeds them is left to the message. Null when the line is no such object.
 */
export function readJsonLine(line: string): Readonly<Record<string, unknown>> | null {
  // Cheaper than a failed parse: a line that was cut off.
  if (!line.trimEnd().endsWith('}')) return null
  const parsed = parse(line)
  if (typeof parsed !== 'object' || parsed === null) return null
  const fields = new FlatFields()
  fields.addAll(parsed as Readonly<Record<string, unknown>>)
  return fields.object
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Not JSON after all: the line is its own message, as most are.
    return null
  }
}
