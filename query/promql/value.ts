import type { Labels } from '../../schema/domain/labels.js'
import { labelKey } from './label-set.js'

/** One series of a vector over a frame: a value per instant, where there is one. */
export interface Column {
  readonly labels: Labels
  /** The name no longer fits the values and falls away at the end, unless a label function uses it before. */
  readonly dropName: boolean
  readonly values: Float64Array
  /** 1 at instants with a value. */
  readonly present: Uint8Array
}

export interface VectorValue {
  readonly kind: 'vector'
  readonly columns: readonly Column[]
}

export interface ScalarValue {
  readonly kind: 'scalar'
  /** One per instant. */
  readonly values: Float64Array
}

/** What evaluating an expression over a frame gives. Ranges of samples exist only as arguments. */
export type Value = VectorValue | ScalarValue | { readonly kind: 'string'; readonly value: string }

export function vector(columns: readonly Column[]): VectorValue {
  return { kind: 'vector', columns }
}

/** A column without values yet. */
export function emptyColumn(labels: Labels, dropName: boolean, steps: number): Column {
  return { labels, dropName, values: new Float64Array(steps), present: new Uint8Array(steps) }
}

/** Whether a column has a value at any instant. */
export function hasValues(column: Column): boolean {
  return column.present.includes(1)
}

/**
 * One column per label set. Columns of the same labels are joined when no instant has a value in both; otherwise
 * `onCollision` throws. Columns that differ in whether the name falls away stay apart until it does: joined, one instant
 * would decide for the others.
 */
export function joinColumns(columns: readonly Column[], onCollision: () => Error): Column[] {
  if (columns.length < 2) return [...columns]
  const byLabels = new Map<string, Column>()
  for (const column of columns) {
    const key = `${column.dropName ? '-' : '+'}${labelKey(column.labels)}`
    const other = byLabels.get(key)
    byLabels.set(key, other === undefined ? column : join(other, column, onCollision))
  }
  return [...byLabels.values()]
}

function join(one: Column, other: Column, onCollision: () => Error): Column {
  const joined = {
    labels: one.labels,
    dropName: one.dropName,
    values: one.values.slice(),
    present: one.present.slice(),
  }
  for (let index = 0; index < other.present.length; index++) {
    if (other.present[index] !== 1) continue
    if (joined.present[index] === 1) throw onCollision()
    joined.present[index] = 1
    joined.values[index] = other.values[index] ?? 0
  }
  return joined
}

/** Marks the instants at which any of the columns has a value. */
export function anyPresent(columns: readonly Column[], steps: number): Uint8Array {
  const any = new Uint8Array(steps)
  for (const { present } of columns) {
    for (let index = 0; index < steps; index++) if (present[index] === 1) any[index] = 1
  }
  return any
}
