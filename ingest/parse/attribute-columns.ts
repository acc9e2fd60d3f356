import { BoolColumn, encodedText, Float64Column, MapColumn, TextColumn } from '../columns/index.js'
import { flattenAttributes } from './attributes.js'
import type { Attributes } from './span-item.js'

/** Attributes that rows share, ready to be written. */
interface SharedAttributes {
  readonly strings: { readonly names: string; readonly values: string; readonly count: number }
  readonly numbers: { readonly names: string; readonly values: readonly number[] }
  readonly bools: { readonly names: string; readonly values: readonly boolean[] }
  /** As usage counts them. */
  readonly bytes: number
}

/** Shared attributes that are remembered: of more, all are made anew. */
const REMEMBERED = 1_000

/**
 * A row's attributes, in a map for each type of value. Usage counts, as bytes, the UTF-8 length of their names and
 * texts, and numbers and booleans as their JSON.
 */
export class AttributeColumns {
  readonly strings = new MapColumn(new TextColumn())
  readonly numbers = new MapColumn(new Float64Column())
  readonly bools = new MapColumn(new BoolColumn())
  readonly #known = new Map<Attributes, SharedAttributes>()

  /**
   * Adds the attributes of one row.
   *
   * @param ascii Whether its own are surely ASCII: counting bytes takes longer than writing them.
   * @param shared Attributes whose object other rows have too, of the same batch; `change` is applied to
   *   each object once.
   * @returns Their bytes as usage counts them.
   */
  add(
    own: Attributes | null | undefined,
    ascii: boolean,
    shared?: Attributes,
    change?: (shared: Attributes) => Attributes,
  ): number {
    const { strings, numbers, bools } = this
    let [texts, floats, flags, bytes] = [0, 0, 0, 0]
    if (own != null)
      flattenAttributes(own, (name, value) => {
        if (typeof value === 'string') {
          texts++
          bytes += strings.names.add(name, ascii) + strings.values.add(value, ascii)
        } else if (typeof value === 'number') {
          floats++
          bytes += numbers.names.add(name, ascii) + JSON.stringify(value).length
          numbers.values.add(value)
        } else {
          flags++
          bytes += bools.names.add(name, ascii) + (value ? 4 : 5)
          bools.values.add(value)
        }
      })
    if (shared !== undefined) {
      const common = this.#shared(shared, change)
      strings.names.encoded(common.strings.names)
      strings.values.encoded(common.strings.values)
      numbers.names.encoded(common.numbers.names)
      for (const value of common.numbers.values) numbers.values.add(value)
      bools.names.encoded(common.bools.names)
      for (const value of common.bools.values) bools.values.add(value)
      texts += common.strings.count
      floats += common.numbers.values.length
      flags += common.bools.values.length
      bytes += common.bytes
    }
    strings.close(texts)
    numbers.close(floats)
    bools.close(flags)
    return bytes
  }

  #shared(attributes: Attributes, change: (shared: Attributes) => Attributes = (same) => same): SharedAttributes {
    const known = this.#known.get(attributes)
    if (known !== undefined) return known
    const made = sharedAttributes(change(attributes))
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(attributes, made)
    return made
  }
}

function sharedAttributes(attributes: Attributes): SharedAttributes {
  const strings = { names: '', values: '', count: 0 }
  const numbers = { names: '', values: [] as number[] }
  const bools = { names: '', values: [] as boolean[] }
  let bytes = 0
  flattenAttributes(attributes, (name, value) => {
    const named = encodedText(name)
    bytes += named.bytes
    if (typeof value === 'string') {
      const text = encodedText(value)
      bytes += text.bytes
      strings.names += named.encoded
      strings.values += text.encoded
      strings.count++
    } else if (typeof value === 'number') {
      bytes += JSON.stringify(value).length
      numbers.names += named.encoded
      numbers.values.push(value)
    } else {
      bytes += value ? 4 : 5
      bools.names += named.encoded
      bools.values.push(value)
    }
  })
  return { strings, numbers, bools, bytes }
}

/**
 * Attributes of one row as texts, numbers and booleans as their JSON, in one map.
 *
 * @returns Their bytes as usage counts them.
 */
export function addTexts(column: MapColumn<TextColumn>, attributes: Attributes, ascii = false): number {
  let count = 0
  let bytes = 0
  flattenAttributes(attributes, (name, value) => {
    count++
    bytes += column.names.add(name, ascii) + column.values.add(String(value), ascii)
  })
  column.close(count)
  return bytes
}
