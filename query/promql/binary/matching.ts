import type { Labels } from '../../../schema/domain/labels.js'
import type { ArithmeticOp, ComparisonOp, VectorMatching } from '../ast.js'
import {
  dropLabels,
  keepLabels,
  labelKey,
  labelOf,
  METRIC_LABELS,
  METRIC_NAME,
  printLabels,
  projectionKey,
  withLabel,
} from '../label-set.js'
import { anyPresent, type Column, emptyColumn, hasValues, joinColumns } from '../value.js'
import { isArithmetic, operation } from './operators.js'

/** Labels by which series of two sides find each other. */
export interface Matchable {
  keyOf(column: Column): string
  /** The labels of a match group. */
  labelsOf(labels: Labels): Labels
}

/** What `on` or `ignoring` come to; without either all labels but the name match. */
export function matchable({ on, labels }: VectorMatching): Matchable {
  if (on) {
    return {
      keyOf: (column) => projectionKey(column.labels, labels),
      labelsOf: (found) => keepLabels(found, labels),
    }
  }
  // The name alone: type and unit tell series apart here as any label does.
  const left = new Set([METRIC_NAME, ...labels])
  return { keyOf: (column) => labelKey(column.labels, left), labelsOf: (found) => dropLabels(found, left) }
}

/** An operation between two vectors. */
export interface VectorOperation {
  readonly op: ArithmeticOp | ComparisonOp
  readonly bool: boolean
  readonly matching: VectorMatching
  readonly steps: number
  /** Makes the error for a sentence. */
  readonly fault: (sentence: string) => Error
}

/**
 * Arithmetic or a comparison between matching series, instant by instant. One side (with `group_left` and `group_right`
 * the other) must hold one series per match group at an instant at which both sides have any.
 */
export function combineVectors(work: VectorOperation, left: readonly Column[], right: readonly Column[]): Column[] {
  const manyRight = work.matching.group === 'right'
  const [many, one] = manyRight ? [right, left] : [left, right]
  return new Combination(work, many, one, manyRight).run()
}

class Combination {
  private readonly match: Matchable
  private readonly compute: (left: number, right: number, kept: number) => number | null
  private readonly ones = new Map<string, Column[]>()
  /** Per match group (and, with grouping, per result's labels) the instants that have a match. */
  private readonly matched = new Map<string, Uint8Array>()
  private readonly results: Column[] = []
  private readonly fillOne: number | null
  private readonly fillMany: number | null

  constructor(
    private readonly work: VectorOperation,
    private readonly many: readonly Column[],
    private readonly one: readonly Column[],
    private readonly manyRight: boolean,
  ) {
    const { fillLeft, fillRight } = work.matching
    this.match = matchable(work.matching)
    this.compute = operation(work.op, work.bool)
    // As in Prometheus, whose sides have changed places by then with group_right: its left one is the "many" side.
    this.fillOne = fillRight
    this.fillMany = fillLeft
    for (const column of one) {
      const key = this.match.keyOf(column)
      const list = this.ones.get(key)
      if (list === undefined) this.ones.set(key, [column])
      else list.push(column)
    }
  }

  run(): Column[] {
    this.refuseDuplicates()
    const seen = new Map<string, Uint8Array>()
    for (const column of this.many) this.combine(column, seen)
    if (this.fillMany !== null) this.fillUnmatched(this.fillMany, seen)
    return joinColumns(this.results.filter(hasValues), () =>
      this.work.fault('vector cannot contain metrics with the same labelset'),
    )
  }

  /** Two series of the "one" side in a match group are an error wherever the other side has any series at all. */
  private refuseDuplicates(): void {
    const crowded = [...this.ones.values()].filter((columns) => columns.length > 1)
    if (crowded.length === 0) return
    const anyMany = anyPresent(this.many, this.work.steps)
    for (const columns of crowded) {
      for (let index = 0; index < this.work.steps; index++) {
        if (anyMany[index] !== 1 && this.fillMany === null) continue
        const here = columns.filter(({ present }) => present[index] === 1)
        if (here.length > 1) throw this.duplicateError(here)
      }
    }
  }

  private duplicateError(columns: readonly Column[]): Error {
    const [first] = columns
    const group = printLabels(this.match.labelsOf(first?.labels ?? {}))
    const pair = columns
      .map(({ labels }) => printLabels(labels))
      .sort()
      .slice(0, 2)
    const side = this.manyRight ? 'left' : 'right'
    return this.work.fault(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${pair.join(', ')}];many-to-many matching not allowed: matching labels must be unique on one side`,
    )
  }

  private combine(column: Column, seen: Map<string, Uint8Array>): void {
    const { steps } = this.work
    const key = this.match.keyOf(column)
    const partners = this.ones.get(key) ?? []
    if (partners.length === 0 && this.fillOne === null) return
    const seenHere = seen.get(key) ?? new Uint8Array(steps)
    seen.set(key, seenHere)
    const targets = new Map<Column | null, { result: Column; matched: Uint8Array }>()
    for (let index = 0; index < steps; index++) {
      if (column.present[index] !== 1) continue
      seenHere[index] = 1
      const partner = partners.find(({ present }) => present[index] === 1) ?? null
      const other = partner === null ? this.fillOne : (partner.values[index] ?? 0)
      if (other === null) continue
      const target = targets.get(partner) ?? this.target(key, column, partner)
      targets.set(partner, target)
      if (target.matched[index] === 1) throw this.multipleMatches()
      target.matched[index] = 1
      this.put(target.result, index, column.values[index] ?? 0, other)
    }
  }

  private multipleMatches(): Error {
    return this.work.fault(
      this.work.matching.group === null
        ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
        : 'multiple matches for labels: grouping labels must ensure unique matches',
    )
  }

  private target(key: string, column: Column, partner: Column | null): { result: Column; matched: Uint8Array } {
    const labels = this.resultLabels(column.labels, partner?.labels ?? {})
    const result = emptyColumn(labels, column.dropName || this.work.bool, this.work.steps)
    this.results.push(result)
    const group = this.work.matching.group === null ? key : `${key}|${labelKey(labels)}`
    const matched = this.matched.get(group) ?? new Uint8Array(this.work.steps)
    this.matched.set(group, matched)
    return { result, matched }
  }

  private resultLabels(many: Labels, one: Labels): Labels {
    const { on, labels, group, include } = this.work.matching
    let result = isArithmetic(this.work.op) ? dropLabels(many, METRIC_LABELS) : many
    if (group === null) result = on ? keepLabels(result, labels) : dropLabels(result, new Set(labels))
    for (const name of include) result = withLabel(result, name, labelOf(one, name))
    return result
  }

  /** Stands a value in for the "many" side where a match group has none of it. */
  private fillUnmatched(value: number, seen: ReadonlyMap<string, Uint8Array>): void {
    for (const column of this.one) {
      const seenHere = seen.get(this.match.keyOf(column))
      const result = emptyColumn(this.match.labelsOf(column.labels), column.dropName, this.work.steps)
      for (let index = 0; index < this.work.steps; index++) {
        if (column.present[index] !== 1 || seenHere?.[index] === 1) continue
        this.put(result, index, value, column.values[index] ?? 0)
      }
      this.results.push(result)
    }
  }

  private put(result: Column, index: number, many: number, one: number): void {
    const value = this.manyRight ? this.compute(one, many, one) : this.compute(many, one, many)
    if (value === null) return
    result.values[index] = value
    result.present[index] = 1
  }
}
