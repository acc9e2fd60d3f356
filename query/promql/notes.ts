import type { Span } from './ast.js'
import { position } from './query-text.js'

/** Most notes of a kind that an answer carries, as in Prometheus's API. */
const MAX_NOTES = 10

/** What an evaluation has to say beside its result; the same thing said twice counts once. */
export class Notes {
  private readonly warnings = new Set<string>()
  private readonly infos = new Set<string>()

  /** @param text The query's text, in which spans are offsets. */
  constructor(private readonly text: string) {}

  warn(message: string, span: Span): void {
    this.warnings.add(`PromQL warning: ${message} ${this.place(span)}`)
  }

  inform(message: string, span: Span): void {
    this.infos.add(`PromQL info: ${message} ${this.place(span)}`)
  }

  lists(): { warnings: string[]; infos: string[] } {
    return { warnings: capped(this.warnings, 'warning'), infos: capped(this.infos, 'info') }
  }

  private place(span: Span): string {
    const { line, column } = position(this.text, span.from)
    return `(${line}:${column})`
  }
}

function capped(notes: ReadonlySet<string>, kind: string): string[] {
  const list = [...notes]
  if (list.length <= MAX_NOTES) return list
  return [...list.slice(0, MAX_NOTES), `${list.length - MAX_NOTES} more ${kind} annotations omitted`]
}
