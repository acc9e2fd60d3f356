import { createHash } from 'node:crypto'

/** Frames that count: the place of the error and who called it. Deeper ones differ with the way there. */
const FRAMES = 3

/**
 * Names an error over visits and builds: 16 hexadecimal digits of a hash over its type, its message with numbers and ids
 * blanked, and the first frames of its stack, each as function and file without host, query, line and column.
 */
export function errorFingerprint(type: string, message: string, stack: string): string {
  const frames = stack.split('\n', 50).map(frameOf).filter(isFrame).slice(0, FRAMES)
  const parts = [type, blanked(message.slice(0, 1_024)), ...frames]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16)
}

function isFrame(frame: string | null): frame is string {
  return frame !== null
}

function blanked(message: string): string {
  return message.replace(/[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,}){0,4}|\d+/g, '#')
}

/** Lines of V8 (`at f (https://host/a.js:1:2)`) and of the other engines (`f@https://host/a.js:1:2`); null for others. */
function frameOf(line: string): string | null {
  const place = /:\d+(?::\d+)?\)?\s*$/.exec(line)
  if (place === null || line.length > 2_048) return null
  const rest = line.slice(0, place.index).trim()
  const [before, file] = splitFrame(rest.startsWith('at ') ? rest.slice(3) : rest)
  return `${before}@${file.replace(/^[a-z+.-]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '')}`
}

function splitFrame(frame: string): readonly [before: string, file: string] {
  const open = frame.lastIndexOf(' (')
  if (open !== -1) return [frame.slice(0, open), frame.slice(open + 2)]
  const at = frame.indexOf('@')
  return at === -1 ? ['', frame] : [frame.slice(0, at), frame.slice(at + 1)]
}
