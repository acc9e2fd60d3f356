import type { TemplatePart } from './pipeline.js'

/** A template that cannot be read; `found` says what was found. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/gs
const LETTERS: ReadonlyMap<string | undefined, 'as they are' | 'lower' | 'upper'> = new Map([
  [undefined, 'as they are'],
  ['ToLower', 'lower'],
  ['lower', 'lower'],
  ['ToUpper', 'upper'],
  ['upper', 'upper'],
])

/**
 * Reads the part of Go's templates that is supported: text, `{{.label}}`, `{{.label | ToLower}}`, `{{ToUpper .label}}`
 * and `{{__line__}}`. Throws a TemplateError.
 */
export function readTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let at = 0
  for (const match of text.matchAll(ACTION)) {
    if (match[0].startsWith('{{-') || match[0].endsWith('-}}'))
      throw new TemplateError(`found ${match[0]}, which trims`)
    addText(parts, text.slice(at, match.index))
    parts.push(readAction(match[1] ?? ''))
    at = match.index + match[0].length
  }
  addText(parts, text.slice(at))
  return parts
}

function addText(parts: TemplatePart[], text: string): void {
  if (text.includes('{{')) throw new TemplateError('found "{{" that is never closed')
  if (text !== '') parts.push({ kind: 'text', text })
}

function readAction(action: string): TemplatePart {
  if (action === '__line__') return { kind: 'line' }
  const piped = /^\.([A-Za-z_][A-Za-z0-9_]*)(?:\s*\|\s*([A-Za-z]+))?$/.exec(action)
  const called = /^([A-Za-z]+)\s+\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(action)
  const name = piped?.[1] ?? called?.[2]
  const letters = LETTERS.get(piped?.[2] ?? called?.[1])
  if (name === undefined || letters === undefined) throw new TemplateError(`found {{${action}}}`)
  return { kind: 'label', name, letters }
}
