import { JSON_DEPTH } from './json-depth.js'
import { type JsonValue, readJson } from './json-text.js'
import { normalName } from './normal-name.js'
import type { JsonField, JsonStage, LogfmtField, LogfmtStage } from './selector.js'

/** A name and a value that a parser found, in the order of the line; the empty value is none. */
export type FoundPair = readonly [name: string, value: string]

/** What a parser finds in a line. This is what the SQL of foundPairsSql must agree with. */
export function foundPairs(stage: JsonStage | LogfmtStage, line: string): FoundPair[] {
  if (stage.kind === 'logfmt') return logfmtPairs(line, stage.fields)
  const value = readJson(line)
  if (value?.kind !== 'object') return [['__error__', 'JSONParserErr']]
  return stage.paths === null ? jsonPairs(value, null, 1) : stage.paths.map((field) => jsonField(value, field))
}

function jsonPairs(object: JsonValue, prefix: string | null, depth: number): FoundPair[] {
  if (object.kind !== 'object') return []
  return object.entries.flatMap(([key, value]): FoundPair[] => {
    const name = prefix === null ? normalName(key) : `${prefix}_${key.replace(/[^A-Za-z0-9]/gu, '_')}`
    if (value.kind === 'object') return depth < JSON_DEPTH ? jsonPairs(value, name, depth + 1) : []
    return value.kind === 'array' || value.kind === 'null' ? [] : [[name, value.text]]
  })
}

function jsonField(root: JsonValue, { name, path }: JsonField): FoundPair {
  let value: JsonValue | undefined = root
  for (const step of path) {
    if (value?.kind === 'object' && typeof step === 'string') value = value.entries.find(([key]) => key === step)?.[1]
    else if (value?.kind === 'array' && typeof step === 'number') value = value.items[step]
    else value = undefined
  }
  return [name, value === undefined || value.kind === 'null' ? '' : jsonText(value)]
}

/** Scalars as they are; objects and arrays as JSON without blanks. */
function jsonText(value: JsonValue): string {
  switch (value.kind) {
    case 'object':
      return `{${value.entries.map(([key, each]) => `${JSON.stringify(key)}:${nestedText(each)}`).join(',')}}`
    case 'array':
      return `[${value.items.map(nestedText).join(',')}]`
    case 'null':
      return 'null'
    default:
      return value.text
  }
}

const nestedText = (value: JsonValue): string =>
  value.kind === 'string' ? JSON.stringify(value.text) : jsonText(value)

// biome-ignore lint/suspicious/noControlCharactersInRegex: words end at blanks and control characters
const WORD = /(?:[^\u0000-\u0020"]|"(?:[^"\\]|\\.)*"?)+/gsu
const ENTRY = /^([^="]+)=(?:"((?:[^"\\]|\\.)*)"|([^="]*))$/su

function logfmtPairs(line: string, fields: readonly LogfmtField[] | null): FoundPair[] {
  const entries = (line.match(WORD) ?? []).flatMap((word): FoundPair[] => {
    const [, key, quoted, bare] = ENTRY.exec(word) ?? []
    if (key === undefined) return []
    return [[key, quoted ? unescaped(quoted) : (bare ?? '')]]
  })
  if (fields === null) return entries.map(([key, value]) => [normalName(key), value])
  return fields.map(({ name, key }) => [name, entries.find(([each]) => each === key)?.[1] ?? ''])
}

function unescaped(quoted: string): string {
  const value = readJson(`"${quoted}"`)
  return value?.kind === 'string' ? value.text : ''
}
