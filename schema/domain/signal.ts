/** What services send. The names are those of the stored tables. */
export const SIGNALS = ['logs', 'metrics', 'spans', 'rum'] as const
export type Signal = (typeof SIGNALS)[number]
