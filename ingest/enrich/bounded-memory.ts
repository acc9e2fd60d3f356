/** Remembers a function's answers for its last texts, up to a bound; the answers are the same with it and without. */
export function rememberLast<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  // Two generations: the older is let go when the newer is full. A plain least-recently-used list takes twice as long.
  let young = new Map<string, Answer>()
  let old = new Map<string, Answer>()
  return (text) => {
    const known = young.get(text)
    if (known !== undefined) return known
    const made = old.get(text) ?? answer(text)
    if (young.size >= most / 2) {
      old = young
      young = new Map()
    }
    young.set(text, made)
    return made
  }
}
