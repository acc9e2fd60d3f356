import type { Matcher } from '../../schema/domain/matcher.js'

/** A text that is equal for two selections exactly when they ask for the same. */
export function selectionKey(
  matchers: readonly Matcher[],
  { start, end }: { readonly start: number; readonly end: number },
): string {
  return JSON.stringify([matchers.map(({ name, op, value }) => [name, op, value]), start, end])
}
