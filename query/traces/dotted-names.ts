/** Texts and comments, which are passed over, and names with or without dots. */
const WORDS = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|[A-Za-z_]\w*(?:\.\w+)*/g

/** A selector whose names have no dots any more, of the same length, and what its names were. */
export interface Undotted {
  readonly text: string
  /** The name as it was written. One that is written in both ways stays as it is. */
  original(name: string): string
}

/**
 * Lets names of attributes be written as OpenTelemetry has them: LogQL's labels have no dots, so `http.route` is read as
 * `http_route` and named back. Positions in the text stay.
 */
export function undotted(selector: string): Undotted {
  const dotted = new Map<string, string>()
  const plain = new Set<string>()
  const text = selector.replace(WORDS, (word) => {
    if (!/^[A-Za-z_]/.test(word)) return word
    if (!word.includes('.')) {
      plain.add(word)
      return word
    }
    const without = word.replaceAll('.', '_')
    if ((dotted.get(without) ?? word) !== word) plain.add(without)
    dotted.set(without, word)
    return without
  })
  return { text, original: (name) => (plain.has(name) ? name : (dotted.get(name) ?? name)) }
}
