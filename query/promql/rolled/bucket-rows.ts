import type { Labels } from '../../../schema/domain/labels.js'

/**
 * What some of a series' samples come to, as numbers one after another: those of a bucket of the rollups, or of a single
 * sample. The times of the first and the last are in Unix ms.
 */
export const FIELDS = ['firstAt', 'lastAt', 'count', 'sum', 'min', 'max', 'first', 'last', 'increase'] as const
export type Field = (typeof FIELDS)[number]

/** Numbers of a row. */
export const ROW = FIELDS.length

/** A series as rows, in order of time: no row begins before the one before it has ended. */
export interface RolledSeries {
  readonly labels: Labels
  readonly rows: Float64Array
}

const PLACES = Object.fromEntries(FIELDS.map((name, place) => [name, place])) as Readonly<Record<Field, number>>

/** A field of a row. */
export function field(rows: Float64Array, row: number, name: Field): number {
  return rows[row * ROW + PLACES[name]] ?? 0
}

/** Writes one sample as a row. */
export function setSample(rows: Float64Array, row: number, at: number, value: number): void {
  rows.set([at, at, 1, value, value, value, value, value, 0], row * ROW)
}
