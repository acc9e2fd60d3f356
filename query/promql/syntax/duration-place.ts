/**
 * Whether the tokens of a query passed one by one stand in a duration: between brackets, or as the one operand of
 * `offset` with all that its parentheses hold. Signs and other operators need not be passed.
 */
export class DurationPlace {
  private brackets = 0
  private parentheses = 0
  /** How many parentheses were open before `offset`; null outside of its operand. */
  private offset: number | null = null
  /** The token passed last is `offset`, or a name in its operand: what follows belongs to it. */
  private awaiting = false

  /** Whether the token passed last stands in a duration. */
  inside = false

  pass(token: string): void {
    if (token.startsWith('#')) return
    if (this.offset !== null && this.offset >= this.parentheses && !this.awaiting) this.offset = null
    this.inside = this.brackets > 0 || this.offset !== null
    if (token === '[') this.brackets++
    else if (token === ']') this.brackets--
    else if (token === '(') this.parentheses++
    else if (token === ')') this.parentheses--
    const begins = /^offset$/i.test(token)
    if (begins) this.offset = this.parentheses
    this.awaiting = begins || (this.offset !== null && /^[a-z]/i.test(token))
  }
}
