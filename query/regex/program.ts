import { inCharSet } from './char-set.js'
import type { Assertion, CharSet, RegexNode } from './node.js'

/** A regular expression made ready to run in time linear in the text. */
export interface RegexProgram {
  readonly steps: readonly Step[]
  /**
   * Whether the empty text between two bytes of one character matches. RE2 works on bytes, and to it `\B` holds there;
   * what is stored is searched by RE2, so this must say the same.
   */
  readonly matchesInsideChar: boolean
}

/** One step; `next` and `other` are indexes of steps. */
type Step =
  | { readonly op: 'char'; readonly test: (point: number) => boolean; readonly next: number }
  | { readonly op: 'split'; readonly next: number; readonly other: number }
  | { readonly op: 'assert'; readonly at: Assertion; readonly next: number }
  | { readonly op: 'match' }

/**
 * Compiles to a nondeterministic automaton (Thompson 1968; https://swtch.com/~rsc/regexp/regexp2.html). JavaScript's own
 * engine is not used, since it backtracks: `(a+)+$` from a user would hold the process for minutes.
 */
export function compileRegex(node: RegexNode): RegexProgram {
  const steps: Step[] = [{ op: 'match' }]
  const add = (step: Step): number => steps.push(step) - 1
  // Built from the end: emit(node, next) returns the step at which node begins.
  const emit = (node: RegexNode, next: number): number => {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set':
        return add({ op: 'char', test: setTest(node.set), next })
      case 'assert':
        return add({ op: 'assert', at: node.at, next })
      case 'group':
        return emit(node.of, next)
      case 'concat':
        return node.parts.reduceRight((after, part) => emit(part, after), next)
      case 'alternate':
        return node.parts
          .map((part) => emit(part, next))
          .reduceRight((other, start) => add({ op: 'split', next: start, other }))
      case 'repeat':
        return emitRepeat(node.of, node.min, node.max, next)
    }
  }
  const emitRepeat = (of: RegexNode, min: number, max: number, next: number): number => {
    let start = next
    if (max === Number.POSITIVE_INFINITY) {
      const loop = add({ op: 'split', next, other: next })
      steps[loop] = { op: 'split', next: emit(of, loop), other: next }
      start = loop
    } else {
      for (let extra = min; extra < max; extra++) start = add({ op: 'split', next: emit(of, start), other: next })
    }
    for (let count = 0; count < min; count++) start = emit(of, start)
    return start
  }
  const start = emit(node, 0)
  add({ op: 'split', next: start, other: start })
  const inside = (at: Assertion) => at === 'noWordEdge'
  const matchesInsideChar = follow(steps, [steps.length - 1], [], new Int32Array(steps.length).fill(-1), 0, inside)
  return { steps, matchesInsideChar }
}

function setTest(set: CharSet): (point: number) => boolean {
  const ascii = Array.from({ length: 128 }, (_, point) => inCharSet(set, point))
  return (point) => ascii[point] ?? inCharSet(set, point)
}

/** Whether the expression matches anywhere in the text, or the whole of it when `anchored`. */
export function runRegex(program: RegexProgram, text: string, anchored: boolean): boolean {
  const { steps } = program
  if (!anchored && program.matchesInsideChar && /\P{ASCII}/u.test(text)) return true
  const seen = new Int32Array(steps.length).fill(-1)
  const start = steps.length - 1
  let now: number[] = []
  let at = 0
  const holdsHere = (assertion: Assertion) => holds(assertion, text, at)
  while (true) {
    const threads: number[] = []
    const enter = anchored && at > 0 ? now : [...now, start]
    if (follow(steps, enter, threads, seen, at, holdsHere) && (!anchored || at === text.length)) return true
    if (at >= text.length || (anchored && threads.length === 0)) return false
    const point = text.codePointAt(at) ?? 0
    now = []
    for (const thread of threads) {
      const step = steps[thread]
      if (step?.op === 'char' && step.test(point)) now.push(step.next)
    }
    at += point > 0xffff ? 2 : 1
  }
}

/** Follows all that consumes nothing from `enter`; leaves the character steps in `threads`, says if a match was met. */
function follow(
  steps: readonly Step[],
  enter: number[],
  threads: number[],
  seen: Int32Array,
  at: number,
  holdsHere: (assertion: Assertion) => boolean,
): boolean {
  let matched = false
  const stack = enter
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (seen[index] === at) continue
    seen[index] = at
    const step = steps[index]
    if (step === undefined) continue
    if (step.op === 'match') matched = true
    else if (step.op === 'char') threads.push(index)
    else if (step.op === 'split') stack.push(step.other, step.next)
    else if (holdsHere(step.at)) stack.push(step.next)
  }
  return matched
}

/** Whether an assertion holds between two code units of a text; `at` is the index of the one behind. */
export function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'textStart':
      return at === 0
    case 'textEnd':
      return at === text.length
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n'
    case 'lineEnd':
      return at === text.length || text[at] === '\n'
    case 'wordEdge':
      return isWord(text[at - 1]) !== isWord(text[at])
    case 'noWordEdge':
      return isWord(text[at - 1]) === isWord(text[at])
  }
}

const isWord = (char: string | undefined): boolean => char !== undefined && /^[0-9A-Za-z_]$/.test(char)
