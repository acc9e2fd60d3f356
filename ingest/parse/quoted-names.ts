/** JSON texts of names that come again and again. */
export class QuotedNames {
  readonly #known = new Map<string, string>()

  of(name: string): string {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const text = JSON.stringify(name)
    if (this.#known.size < 1_000) this.#known.set(name, text)
    return text
  }
}

/** JSON.stringify writes lone surrogates, and only those, as escapes; ClickHouse refuses the row for one. */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** Rows with lone surrogates replaced by U+FFFD, as UTF-8 would have them. */
export function wellFormed(text: string): string {
  return text.includes('\\ud') ? text.replace(LONE_SURROGATE, '$1\ufffd') : text
}
