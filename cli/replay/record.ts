import type { Instant } from '../../ingest/parse/timestamp.js'

/** A record of a log file, in the words of the native protocol. */
export interface ReplayRecord {
  /** When it happened, by the file's own clock. */
  readonly at: Instant
  readonly service: string | null
  readonly level: string | null
  readonly message: string
  readonly traceId?: string
  readonly spanId?: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** How one kind of log file is read. */
export interface LogFormat {
  readonly name: string
  /** One line for --help. */
  readonly about: string
  /** Whether a line begins a record; other lines go on with the record before. */
  begins(line: string): boolean
  /** The record of a first line and those that go on with it; null when the first cannot be read after all. */
  read(line: string, more: readonly string[]): ReplayRecord | null
}
