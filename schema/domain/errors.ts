/** Closed set of codes that a user's mistake answers with in GraphQL (`userErrors`). */
export const USER_ERROR_CODES = [
  'REQUIRED',
  'INVALID',
  'TAKEN',
  'NOT_FOUND',
  'CONFLICT',
  'LIMIT_EXCEEDED',
  'QUERY_INVALID',
  'TOO_BROAD',
  'URL_FORBIDDEN',
  'FORBIDDEN',
  'CREDENTIALS_INVALID',
  'SECOND_FACTOR_REQUIRED',
] as const
export type UserErrorCode = (typeof USER_ERROR_CODES)[number]

/** A user's mistake: what was found, what was expected, and where (`path` from the operation's arguments inward). */
export interface UserError {
  readonly code: UserErrorCode
  readonly message: string
  readonly path: readonly string[]
  /** Only with QUERY_INVALID: 1-based. */
  readonly line?: number
  readonly column?: number
  /** Only with CONFLICT. */
  readonly currentVersion?: number
}

/**
 * A fault that ends the program or a command with one sentence and a non-zero exit: a wrong setting, a port in use, a
 * directory without rights. The sentence says what was found, what was expected and where.
 */
export class StartError extends Error {
  override readonly name = 'StartError'
  constructor(
    readonly code: StartErrorCode,
    message: string,
  ) {
    super(message)
  }
}

export type StartErrorCode =
  | 'SETTING_INVALID'
  | 'SETTINGS_MISSING'
  | 'DATA_DIR_LOCKED'
  | 'DATA_DIR_UNUSABLE'
  | 'PORT_IN_USE'
  | 'STORE_UNREACHABLE'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_MISSING'
  | 'MIGRATION_FAILED'
  | 'ENGINE_MISSING'
