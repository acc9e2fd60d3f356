import type { RegexNode } from '../regex/node.js'
import type { ParamSink } from './param-sink.js'
import type { PipelineStage } from './pipeline.js'
import type { LineFilter, Term } from './selector.js'

/*
 * Table `logs` has an index of the words in `message`, a word being a run of ASCII letters and digits. A line filter means
 * any piece of the line, so what can be asked of the index is less than the filter: the words that stand whole in the
 * text looked for, and lines with a word that holds its first or last one. Each is a condition that every matching line
 * meets, so the filter itself, asked after it, gives the same lines with it and without.
 */

/** A shorter piece is in too many words for the index to be of use; ClickHouse does not ask it then. */
const SHORTEST_PIECE = 4
/** Whole words asked for, the longest first: each more costs a lookup and leaves out less. */
const MOST_WORDS = 3

/**
 * Conditions for the index, before those that decide: for each line filter that looks at the line as it is stored. Safe
 * to join with AND.
 */
export function lineHintsSql(stages: readonly PipelineStage[], params: ParamSink): string[] {
  const formatted = stages.findIndex((stage) => stage.kind === 'lineFormat')
  return stages
    .slice(0, formatted === -1 ? undefined : formatted)
    .flatMap((stage) => (stage.kind === 'line' ? (hintSql(stage, params) ?? []) : []))
}

/** A condition that each line meets which one of the terms is found in; null where there is none to give. */
function hintSql(filter: LineFilter, params: ParamSink): string | null {
  if (filter.negated) return null
  const options = filter.terms.flatMap(literalOptions).map((literals) => literalsSql(literals, params))
  if (options.some((option) => option === null)) return null
  return options.length === 1 ? `${options[0]}` : `(${options.join(' OR ')})`
}

/** Texts of which all are in the line, for each way in which a term can be met. */
function literalOptions({ text, regex }: Term): readonly (readonly string[])[] {
  if (regex === null) return [[text]]
  const node = regex.kind === 'group' ? regex.of : regex
  return node.kind === 'alternate' ? node.parts.map(literalsIn) : [literalsIn(node)]
}

/** Texts that every match of a regular expression holds, as they follow each other. */
function literalsIn(node: RegexNode): string[] {
  switch (node.kind) {
    case 'set':
      return [characterOf(node) ?? '']
    case 'group':
      return literalsIn(node.of)
    case 'concat': {
      const literals = ['']
      for (const part of node.parts) {
        const character = characterOf(part)
        if (character !== null) literals.push((literals.pop() ?? '') + character)
        else literals.push(...(part.kind === 'group' ? literalsIn(part) : []), '')
      }
      return literals
    }
    default:
      return []
  }
}

/** The one character that a part stands for, letter case counted. */
function characterOf(node: RegexNode): string | null {
  if (node.kind !== 'set' || node.set.negated || node.set.fold || node.set.items.length !== 1) return null
  const [item] = node.set.items
  return item !== undefined && 'low' in item && item.low === item.high ? String.fromCodePoint(item.low) : null
}

function literalsSql(literals: readonly string[], params: ParamSink): string | null {
  const words = new Set(literals.flatMap(wholeWords))
  const pieces = new Set(literals.flatMap(outerPieces).filter((piece) => !words.has(piece)))
  const conditions = [
    ...longestFirst(words)
      .slice(0, MOST_WORDS)
      .map((word) => `hasToken(message, ${params.text(word)})`),
    ...longestFirst(pieces)
      .slice(0, 2)
      .map((piece) => `message LIKE ${params.text(`%${piece}%`)}`),
  ]
  return conditions.length === 0 ? null : `(${conditions.join(' AND ')})`
}

/** Words with an ASCII character on both sides that is of no word. Other alphabets may or may not be of a word: they are. */
const wholeWords = (text: string): string[] =>
  [...text.matchAll(/(?<=[^A-Za-z0-9\P{ASCII}])[A-Za-z0-9]+(?=[^A-Za-z0-9\P{ASCII}])/gu)].map(([word]) => word)

/** The runs of letters and digits at which a text begins or ends: a line may go on with the same word there. */
function outerPieces(text: string): string[] {
  const runs = text.match(/[A-Za-z0-9]+/g) ?? []
  return [...runs.slice(0, 1), ...runs.slice(-1)].filter((run) => run.length >= SHORTEST_PIECE)
}

const longestFirst = (texts: ReadonlySet<string>): string[] => [...texts].sort((a, b) => b.length - a.length)
