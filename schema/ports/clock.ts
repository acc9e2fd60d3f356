/** The time of day at the edge. Pure code takes `now` as an argument instead. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
}

/** Randomness for ids and secrets. */
export interface Random {
  bytes(length: number): Uint8Array
}

/** Structured logging; the shape of pino's logger that the roles use. Never give it a secret. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Log
}
