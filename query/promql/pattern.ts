import { inCharSet } from '../regex/char-set.js'
import type { Assertion, CharSet, RegexNode } from '../regex/node.js'
import { parseRegex } from '../regex/parse.js'
import { holds } from '../regex/program.js'

/** A regular expression that must match the whole text, in RE2's syntax; `.` matches line breaks. */
export interface Pattern {
  /** Captured texts by number (0 is the whole; null where a group took no part), or null without a match. */
  match(text: string): readonly (string | null)[] | null
  /** Numbers of the groups that have a name. */
  readonly groupNumbers: ReadonlyMap<string, number>
}

type Step =
  | { readonly op: 'char'; readonly set: CharSet; next: number }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'save'; readonly slot: number; next: number }
  | { readonly op: 'assert'; readonly at: Assertion; next: number }
  | { readonly op: 'match' }

/**
 * Compiles for a run in time linear in the text, with the captures a backtracking engine with leftmost-first priority
 * would give (Pike's virtual machine, https://swtch.com/~rsc/regexp/regexp2.html). JavaScript's own engine backtracks,
 * and a pattern such as `(a+)+$` from a user would hold up all else. Throws a RegexError for what RE2 refuses.
 */
export function compilePattern(text: string): Pattern {
  const tree = parseRegex(text, { dotAll: true })
  const literal = literalOf(tree)
  if (literal !== null) {
    return { match: (value) => (value === literal ? [value] : null), groupNumbers: new Map() }
  }
  const program = new Program(tree)
  return { match: (value) => program.run(value), groupNumbers: program.groupNumbers }
}

/** The one text a pattern stands for, if there is only one. */
function literalOf(node: RegexNode): string | null {
  if (node.kind === 'empty') return ''
  if (node.kind === 'set') {
    const [only] = node.set.items
    if (node.set.negated || node.set.fold || node.set.items.length !== 1) return null
    if (only === undefined || !('low' in only) || only.low !== only.high) return null
    return String.fromCodePoint(only.low)
  }
  if (node.kind !== 'concat') return null
  let text = ''
  for (const part of node.parts) {
    const piece = literalOf(part)
    if (piece === null) return null
    text += piece
  }
  return text
}

/** A thread of the machine: a step and the places its groups began and ended, -1 where they did not. */
interface Thread {
  readonly step: number
  readonly saved: readonly number[]
}

class Program {
  readonly groupNumbers = new Map<string, number>()
  private readonly steps: Step[] = [{ op: 'match' }]
  private readonly start: number
  private readonly slots: number

  constructor(tree: RegexNode) {
    const numbers = new Map<RegexNode, number>()
    numberGroups(tree, numbers, this.groupNumbers)
    this.slots = 2 * (numbers.size + 1)
    this.start = this.emit(tree, 0, numbers)
  }

  run(text: string): readonly (string | null)[] | null {
    const seen = new Int32Array(this.steps.length).fill(-1)
    let threads: Thread[] = []
    let matched = this.follow({ step: this.start, saved: new Array(this.slots).fill(-1) }, text, 0, seen, threads)
    for (let at = 0; at < text.length && threads.length > 0; ) {
      const point = text.codePointAt(at) ?? 0
      at += point > 0xffff ? 2 : 1
      const next: Thread[] = []
      matched = null
      for (const thread of threads) {
        const step = this.steps[thread.step]
        if (step?.op !== 'char' || !inCharSet(step.set, point)) continue
        matched ??= this.follow({ step: step.next, saved: thread.saved }, text, at, seen, next)
      }
      threads = next
      if (at >= text.length) return captures(text, matched)
    }
    return text.length === 0 ? captures(text, matched) : null
  }

  /** Adds the threads reached without consuming; returns the captures of the first that is a match of the whole. */
  private follow(
    from: Thread,
    text: string,
    at: number,
    seen: Int32Array,
    threads: Thread[],
  ): readonly number[] | null {
    const stack = [from]
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      if (seen[thread.step] === at) continue
      seen[thread.step] = at
      const step = this.steps[thread.step]
      if (step?.op === 'match') {
        if (at === text.length) return thread.saved
      } else if (step?.op === 'char') threads.push(thread)
      else if (step?.op === 'save') stack.push({ step: step.next, saved: thread.saved.with(step.slot, at) })
      else if (step?.op === 'split') {
        stack.push({ step: step.second, saved: thread.saved }, { step: step.first, saved: thread.saved })
      } else if (step?.op === 'assert' && holds(step.at, text, at)) stack.push({ step: step.next, saved: thread.saved })
    }
    return null
  }

  private add(step: Step): number {
    return this.steps.push(step) - 1
  }

  /** Builds from the end: returns the step at which `node` begins when `next` follows it. */
  private emit(node: RegexNode, next: number, numbers: ReadonlyMap<RegexNode, number>): number {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set':
        return this.add({ op: 'char', set: node.set, next })
      case 'assert':
        return this.add({ op: 'assert', at: node.at, next })
      case 'group': {
        const slot = 2 * (numbers.get(node) ?? 0)
        const end = this.add({ op: 'save', slot: slot + 1, next })
        return this.add({ op: 'save', slot, next: this.emit(node.of, end, numbers) })
      }
      case 'concat':
        return node.parts.reduceRight((after, part) => this.emit(part, after, numbers), next)
      case 'alternate':
        return node.parts
          .map((part) => this.emit(part, next, numbers))
          .reduceRight((second, first) => this.add({ op: 'split', first, second }))
      case 'repeat': {
        const enter = (start: number): Step =>
          node.greedy ? { op: 'split', first: start, second: next } : { op: 'split', first: next, second: start }
        let start = next
        if (node.max === Number.POSITIVE_INFINITY) {
          const loop = this.add({ op: 'split', first: next, second: next })
          this.steps[loop] = enter(this.emit(node.of, loop, numbers))
          start = loop
        } else {
          for (let extra = node.min; extra < node.max; extra++)
            start = this.add(enter(this.emit(node.of, start, numbers)))
        }
        for (let count = 0; count < node.min; count++) start = this.emit(node.of, start, numbers)
        return start
      }
    }
  }
}

/** Numbers groups by their opening parenthesis, from 1. */
function numberGroups(node: RegexNode, numbers: Map<RegexNode, number>, names: Map<string, number>): void {
  if (node.kind === 'group') {
    numbers.set(node, numbers.size + 1)
    if (node.name !== null) names.set(node.name, numbers.size)
    numberGroups(node.of, numbers, names)
  } else if (node.kind === 'repeat') numberGroups(node.of, numbers, names)
  else if (node.kind === 'concat' || node.kind === 'alternate') {
    for (const part of node.parts) numberGroups(part, numbers, names)
  }
}

function captures(text: string, saved: readonly number[] | null): readonly (string | null)[] | null {
  if (saved === null) return null
  const list: (string | null)[] = [text]
  for (let slot = 2; slot < saved.length; slot += 2) {
    const from = saved[slot] ?? -1
    const to = saved[slot + 1] ?? -1
    list.push(from < 0 || to < 0 ? null : text.slice(from, to))
  }
  return list
}
