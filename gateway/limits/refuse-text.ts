import { type DocumentNode, visit } from 'graphql'

/** Half of a surrogate pair: no character, and refused by PostgreSQL in JSON. */
const HALF_PAIR = /\p{Surrogate}/u

/** Whether text can be stored: PostgreSQL holds no NUL and no half characters. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && !HALF_PAIR.test(text)
}

const SENTENCE =
  'Found text with a NUL character or half a surrogate pair, which cannot be stored; expected Unicode text.'

/** Why variables are refused for a text anywhere in them, as a sentence; null when they may pass. */
export function variablesFault(variables: unknown): string | null {
  // A list of what is left to see, since variables may be nested deeper than the stack.
  const left: unknown[] = [variables]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && !isStorable(value)) return SENTENCE
    if (Array.isArray(value)) for (const item of value) left.push(item)
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) left.push(item)
  }
  return null
}

/** The same for the texts written in a document. */
export function literalsFault(document: DocumentNode): string | null {
  let fault: string | null = null
  visit(document, {
    StringValue({ value }) {
      if (!isStorable(value)) fault = SENTENCE
    },
  })
  return fault
}
