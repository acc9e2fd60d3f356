import { readBracket } from './bracket.js'
import { type Cursor, classEscape, escapedChar } from './escape.js'
import { type CharSet, RegexError, type RegexNode } from './node.js'
import { checkSize } from './size.js'

/** Which flags hold where a part of the expression stands. */
interface Flags {
  /** `i`: letter case is ignored. */
  readonly fold: boolean
  /** `s`: `.` matches a line break. */
  readonly dotAll: boolean
  /** `m`: `^` and `$` match at line breaks. */
  readonly multiline: boolean
  /** `U`: `*` is lazy and `*?` is greedy. */
  readonly ungreedy: boolean
}

const MAX_LENGTH = 2_000
const MAX_DEPTH = 100
const MAX_REPEAT = 1_000
const EMPTY: RegexNode = { kind: 'empty' }

/**
 * Reads a regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax) without lookaround and
 * backreferences, which RE2 does not have. `dotAll` says whether `.` matches a line break before any flag in the text.
 * Throws a RegexError for all that RE2 refuses, and for what would be too large for its default memory.
 */
export function parseRegex(text: string, options: { readonly dotAll: boolean }): RegexNode {
  if (text.length > MAX_LENGTH) {
    throw new RegexError(`a regular expression of ${text.length} characters; expected at most ${MAX_LENGTH}`, 0)
  }
  const parser = new Parser(text)
  const node = parser.alternation({ fold: false, dotAll: options.dotAll, multiline: false, ungreedy: false }, 0)
  if (parser.at < text.length) throw new RegexError('a ")" that closes nothing', parser.at)
  checkSize(node)
  return node
}

class Parser implements Cursor {
  at = 0
  readonly names = new Set<string>()
  constructor(readonly text: string) {}

  alternation(flags: Flags, depth: number): RegexNode {
    if (depth > MAX_DEPTH) throw new RegexError(`groups nested deeper than ${MAX_DEPTH}`, this.at)
    const parts: RegexNode[] = []
    let current: RegexNode[] = []
    let now = flags
    while (this.at < this.text.length && this.text[this.at] !== ')') {
      if (this.text[this.at] === '|') {
        this.at++
        parts.push(sequence(current))
        current = []
        continue
      }
      const changed = this.flagGroup(now)
      if (changed !== null) {
        now = changed
        continue
      }
      const start = this.at
      const atoms = this.atoms(now, depth)
      const last = atoms.pop()
      current.push(...atoms)
      if (last !== undefined) current.push(this.quantified(last, now, start))
    }
    parts.push(sequence(current))
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: 'alternate', parts }
  }

  /** `(?i)` and the like, which hold to the end of the group they stand in; null where none stands. */
  private flagGroup(flags: Flags): Flags | null {
    const match = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(this.text.slice(this.at))
    if (match === null) return null
    this.at += match[0].length
    if (/^[*+?]|^\{\d+(?:,\d*)?\}/.test(this.text.slice(this.at))) {
      throw new RegexError(`"${this.text[this.at]}" with nothing before it to repeat`, this.at)
    }
    return withFlags(flags, match[1] ?? '', match[2] ?? '')
  }

  /** One atom; a `\Q…\E` gives one for each character. */
  private atoms(flags: Flags, depth: number): RegexNode[] {
    const char = this.text[this.at]
    switch (char) {
      case '(':
        return [this.group(flags, depth)]
      case '[':
        return [setNode(readBracket(this, flags.fold))]
      case '.':
        this.at++
        return [setNode({ items: flags.dotAll ? [] : [{ low: 10, high: 10 }], negated: true, fold: false })]
      case '^':
        this.at++
        return [{ kind: 'assert', at: flags.multiline ? 'lineStart' : 'textStart' }]
      case '$':
        this.at++
        return [{ kind: 'assert', at: flags.multiline ? 'lineEnd' : 'textEnd' }]
      case '\\':
        return this.escaped(flags)
      case '*':
      case '+':
      case '?':
        throw new RegexError(`"${char}" with nothing before it to repeat`, this.at)
      default:
        if (repeatAt(this.text, this.at) !== null) {
          throw new RegexError('"{" with nothing before it to repeat', this.at)
        }
        return [this.literal(flags.fold)]
    }
  }

  private literal(fold: boolean): RegexNode {
    const point = this.text.codePointAt(this.at) ?? 0
    this.at += point > 0xffff ? 2 : 1
    return setNode({ items: [{ low: point, high: point }], negated: false, fold })
  }

  private escaped(flags: Flags): RegexNode[] {
    const next = this.text[this.at + 1] ?? ''
    if (next === 'Q') return this.quoted(flags.fold)
    const assertion = { A: 'textStart', z: 'textEnd', b: 'wordEdge', B: 'noWordEdge' } as const
    if (next === 'A' || next === 'z' || next === 'b' || next === 'B') {
      this.at += 2
      return [{ kind: 'assert', at: assertion[next] }]
    }
    const item = classEscape(this)
    if (item !== null) return [setNode({ items: [item], negated: false, fold: flags.fold })]
    const point = escapedChar(this)
    return [setNode({ items: [{ low: point, high: point }], negated: false, fold: flags.fold })]
  }

  private quoted(fold: boolean): RegexNode[] {
    const found = this.text.indexOf('\\E', this.at + 2)
    const end = found === -1 ? this.text.length : found
    this.at += 2
    const nodes: RegexNode[] = []
    while (this.at < end) nodes.push(this.literal(fold))
    this.at = found === -1 ? end : end + 2
    return nodes
  }

  private group(flags: Flags, depth: number): RegexNode {
    const start = this.at
    if (/^\(\?<?[=!]/.test(this.text.slice(start, start + 4))) {
      throw new RegexError('a lookaround, which RE2 does not have', start)
    }
    const opening = /^\((?:\?P?<([^>]*)>|\?([imsU]*)(?:-([imsU]+))?:|\?)?/.exec(this.text.slice(start))
    const [head = '(', name, on, off] = opening ?? []
    if (head === '(?') {
      throw new RegexError(`"${this.text.slice(start, start + 3)}", a group that RE2 does not have`, start)
    }
    this.at += head.length
    if (name !== undefined) this.claimName(name, start)
    const inner = on === undefined ? flags : withFlags(flags, on, off ?? '')
    const of = this.alternation(inner, depth + 1)
    if (this.text[this.at] !== ')') throw new RegexError('a "(" that is never closed', start)
    this.at++
    return on === undefined ? { kind: 'group', of, name: name ?? null } : of
  }

  private claimName(name: string, start: number): void {
    if (!/^[A-Za-z0-9_]+$/.test(name)) {
      throw new RegexError(`a group named "${name}"; expected letters, digits and underscores`, start)
    }
    if (this.names.has(name)) throw new RegexError(`two groups named "${name}"`, start)
    this.names.add(name)
  }

  /** The node with the quantifier that follows it, if any; RE2 refuses two in a row. */
  private quantified(node: RegexNode, flags: Flags, start: number): RegexNode {
    const bounds = repeatAt(this.text, this.at)
    if (bounds === null) return node
    const [min, max, length] = bounds
    if (min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT)) {
      throw new RegexError(
        `a repeat of ${max === Number.POSITIVE_INFINITY ? min : max}; expected at most ${MAX_REPEAT}`,
        this.at,
      )
    }
    if (min > max) throw new RegexError(`a repeat from ${min} to ${max}; expected the smaller number first`, this.at)
    this.at += length
    const lazy = this.text[this.at] === '?'
    if (lazy) this.at++
    if (repeatAt(this.text, this.at) !== null) {
      throw new RegexError(`two repeats in a row, "${this.text.slice(start, this.at + 1)}"`, this.at)
    }
    return { kind: 'repeat', of: node, min, max, greedy: lazy === flags.ungreedy }
  }
}

/** Smallest and largest count and the length of a quantifier that stands at `at`; null where none stands. */
function repeatAt(text: string, at: number): [min: number, max: number, length: number] | null {
  const many = Number.POSITIVE_INFINITY
  if (text[at] === '*') return [0, many, 1]
  if (text[at] === '+') return [1, many, 1]
  if (text[at] === '?') return [0, 1, 1]
  const match = /^\{(\d+)(,(\d*))?\}/.exec(text.slice(at, at + 24))
  if (match === null) return null
  const min = Number(match[1])
  const max = match[2] === undefined ? min : match[3] === '' ? many : Number(match[3])
  return [min, max, match[0].length]
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const value = (letter: string, before: boolean) => (off.includes(letter) ? false : on.includes(letter) || before)
  return {
    fold: value('i', flags.fold),
    dotAll: value('s', flags.dotAll),
    multiline: value('m', flags.multiline),
    ungreedy: value('U', flags.ungreedy),
  }
}

const setNode = (set: CharSet): RegexNode => ({ kind: 'set', set })

function sequence(parts: readonly RegexNode[]): RegexNode {
  if (parts.length === 1) return parts[0] ?? EMPTY
  return parts.length === 0 ? EMPTY : { kind: 'concat', parts }
}
