import { type BatchIssue, InvalidBatchError, MAX_ISSUES } from '../parse/issues.js'

/** A batch with its bad items left out. */
export interface PartialBatch {
  /** As JSON: the batch as it would have been sent without them. */
  readonly value: Readonly<Record<string, unknown>>
  readonly items: number
  readonly rejected: number
  /** What is wrong with them, the first `MAX_ISSUES` of it. Paths count in the batch that was sent. */
  readonly issues: readonly BatchIssue[]
}

/** Whether a request asks for the good items of a batch that has bad ones: `?partial=1`. */
export function asksForPart(url: string | undefined): boolean {
  const query = url?.split('?', 2)[1]
  return query !== undefined && new URLSearchParams(query).get('partial') === '1'
}

/**
 * Reads each item by itself, as a batch of one. Slower than reading them together, so only for a batch of which that
 * failed.
 *
 * @param value The body's JSON; its items are in the one field that is a list.
 * @param read Reads a batch; throws `InvalidBatchError`.
 * @returns Null where no item is good, or where it is not the items that are wrong.
 */
export function readPartially(value: unknown, read: (value: unknown) => unknown): PartialBatch | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const batch = value as Readonly<Record<string, unknown>>
  const [list, items] =
    Object.entries(batch).find((field): field is [string, unknown[]] => Array.isArray(field[1])) ?? []
  if (list === undefined || items === undefined) return null
  const good: unknown[] = []
  const issues: BatchIssue[] = []
  for (const [index, item] of items.entries()) {
    const found = issuesOf(() => read({ ...batch, [list]: [item] }))
    if (found.length === 0) {
      good.push(item)
      continue
    }
    for (const { path, message } of found) {
      if (!path.startsWith(`${list}[0]`)) return null
      if (issues.length < MAX_ISSUES)
        issues.push({ path: `${list}[${index}]${path.slice(list.length + '[0]'.length)}`, message })
    }
  }
  if (good.length === 0) return null
  return { value: { ...batch, [list]: good }, items: good.length, rejected: items.length - good.length, issues }
}

function issuesOf(read: () => unknown): readonly BatchIssue[] {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof InvalidBatchError)) throw error
    return error.issues
  }
}
