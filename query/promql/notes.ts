import type { Span } from './ast.js'
import { type ForcedCounts, joinForced, printForced } from './forced-counts.js'
import { position } from './query-text.js'

/** Most notes of a kind that an answer carries, as in Prometheus's API. */
const MAX_NOTES = 10

/** Where a note stands, and what it says of counts that were lifted. */
interface Note {
  readonly span: Span
  readonly forced: ForcedCounts | null
}

/**
 * What an evaluation has to say beside its result. The same thing said twice counts once, with its last place; said of
 * lifted counts it keeps its first place and tells of all of them.
 */
export class Notes {
  private readonly warnings = new Map<string, Note>()
  private readonly infos = new Map<string, Note>()

  /** @param text The query's text, in which spans are offsets. */
  constructor(private readonly text: string) {}

  warn(message: string, span: Span): void {
    this.warnings.set(`PromQL warning: ${message}`, { span, forced: null })
  }

  inform(message: string, span: Span): void {
    this.infos.set(`PromQL info: ${message}`, { span, forced: null })
  }

  /** Says that counts of a histogram's buckets had to be lifted. */
  informForced(message: string, span: Span, forced: ForcedCounts): void {
    const key = `PromQL info: ${message}`
    const before = this.infos.get(key)
    if (before?.forced == null) this.infos.set(key, { span, forced })
    else this.infos.set(key, { span: before.span, forced: joinForced(before.forced, forced) })
  }

  lists(): { warnings: string[]; infos: string[] } {
    return { warnings: this.list(this.warnings, 'warning'), infos: this.list(this.infos, 'info') }
  }

  private list(notes: ReadonlyMap<string, Note>, kind: string): string[] {
    const list = [...notes].slice(0, MAX_NOTES).map(([message, { span, forced }]) => {
      const { line, column } = position(this.text, span.from)
      return `${message}${forced === null ? '' : printForced(forced)} (${line}:${column})`
    })
    if (notes.size <= MAX_NOTES) return list
    return [...list, `${notes.size - MAX_NOTES} more ${kind} annotations omitted`]
  }
}
