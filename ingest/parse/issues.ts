/** One thing wrong in a batch: where, and what was found and expected there. */
export interface BatchIssue {
  /** Where in the body, as JavaScript would write it: `logs[3].attributes.user`. Empty for the body as a whole. */
  readonly path: string
  /** A sentence without its path. */
  readonly message: string
}

/** At most this many issues of one batch are told; the rest is cut. */
export const MAX_ISSUES = 20

/** A body that cannot be read: it is no JSON, or not of the batch's form. */
export class InvalidBatchError extends Error {
  override readonly name = 'InvalidBatchError'
  constructor(readonly issues: readonly BatchIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' '))
  }
}

/** A batch with more items than one may have. */
export class TooManyItemsError extends InvalidBatchError {
  constructor(path: string, limit: number, found: number) {
    super([{ path, message: `expected at most ${limit} items, found ${found}; send them in smaller batches.` }])
  }
}

/** A body with more values, nested ones counted, than one may have. */
export class TooManyValuesError extends InvalidBatchError {
  constructor(limit: number) {
    super([{ path: '', message: `The body holds more than ${limit} values; send it in smaller batches.` }])
  }
}

/** A batch that passed the edge and cannot be made into rows. The others of the same call are not to blame. */
export class PoisonBatchError extends Error {
  override readonly name = 'PoisonBatchError'
  constructor(
    readonly batchId: string,
    /** What was found, without the batch's content. */
    readonly reason: string,
  ) {
    super(`Batch ${batchId} cannot be made into rows: ${reason}`)
  }
}

/** Where a value stands, as `BatchIssue.path` has it. Null while only whether anything is wrong is asked: see `checkEach`. */
export type Place = string | null

/** The place of a field. */
export function placeOf(place: Place, name: string): Place {
  return place === null ? null : `${place}.${name}`
}

/** Collects issues up to `MAX_ISSUES`. */
export class Issues {
  readonly found: BatchIssue[] = []

  add(place: Place, message: string): void {
    if (this.found.length < MAX_ISSUES) this.found.push({ path: place ?? '', message })
  }

  get full(): boolean {
    return this.found.length >= MAX_ISSUES
  }
}

/** A value as an error shows it: short, and by its kind where it is long or nested. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string')
    return value.length <= 64 ? JSON.stringify(value) : `a text of ${value.length} characters`
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
