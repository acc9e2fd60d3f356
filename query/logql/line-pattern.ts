import { parseRegex } from '../regex/parse.js'
import { printRegex } from '../regex/print.js'

/** A line pattern that cannot be used. */
export class LinePatternError extends Error {
  override readonly name = 'LinePatternError'
}

/**
 * A pattern such as `<ip> - <_> "<method> <path>"` as a regular expression with a group for each capture. A capture
 * reaches to the next piece of text, or where that is missing to the end of the line, and then nothing follows. Throws
 * a LinePatternError.
 */
export function readLinePattern(text: string): { pattern: string; names: (string | null)[] } {
  const pieces = text.split(/<([A-Za-z_][A-Za-z0-9_]*)>/)
  const names: (string | null)[] = []
  for (let index = 1; index < pieces.length; index += 2) {
    const name = pieces[index] ?? ''
    if (name !== '_' && names.includes(name)) throw new LinePatternError(`found <${name}> twice`)
    if (index > 1 && pieces[index - 1] === '') throw new LinePatternError(`found <${name}> right after another capture`)
    names.push(name === '_' ? null : name)
  }
  if (names.every((name) => name === null)) throw new LinePatternError('found no named capture such as <method>')
  const from = (index: number): string => {
    const literal = quoted(pieces[index] ?? '')
    if (index + 1 >= pieces.length) return literal
    const last = index + 3 >= pieces.length && pieces[index + 2] === ''
    return last ? `${literal}(.*)` : `${literal}(.*?)(?:${from(index + 2)}|$)`
  }
  return { pattern: printRegex(parseRegex(`^${from(0)}`, { dotAll: true }), true), names }
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
