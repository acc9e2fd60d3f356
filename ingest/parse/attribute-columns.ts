import {
  BoolColumn,
  type DictionaryColumn,
  encodedText,
  Float64Column,
  MapColumn,
  TextColumn,
} from '../columns/index.js'
import { flattenAttributes } from './attributes.js'
import type { Attributes } from './span-item.js'

/** Attributes that rows share, ready to be written. */
interface SharedAttributes {
  readonly strings: { readonly names: readonly number[]; readonly values: string }
  readonly numbers: { readonly names: readonly number[]; readonly values: readonly number[] }
  readonly bools: { readonly names: readonly number[]; readonly values: readonly boolean[] }
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
          bytes += strings.names.add(name) + strings.values.add(value, ascii)
        } else if (typeof value === 'number') {
          floats++
          bytes += numbers.names.add(name) + JSON.stringify(value).length
          numbers.values.add(value)
        } else {
          flags++
          bytes += bools.names.add(name) + (value ? 4 : 5)
          bools.values.add(value)
        }
      })
    if (shared !== undefined) {
      const common = this.#shared(shared, change)
      for (const name of common.strings.names) strings.names.addNumber(name)
      strings.values.encoded(common.strings.values)
      for (const name of common.numbers.names) numbers.names.addNumber(name)
      for (const value of common.numbers.values) numbers.values.add(value)
      for (const name of common.bools.names) bools.names.addNumber(name)
      for (const value of common.bools.values) bools.values.add(value)
      texts += common.strings.names.length
      floats += common.numbers.names.length
      flags += common.bools.names.length
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
    const made = this.#made(change(attributes))
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(attributes, made)
    return made
  }

  #made(attributes: Attributes): SharedAttributes {
    const strings = { names: [] as number[], values: '' }
    const numbers = { names: [] as number[], values: [] as number[] }
    const bools = { names: [] as number[], values: [] as boolean[] }
    let bytes = 0
    const named = (names: DictionaryColumn, name: string) => {
      const number = names.numberOf(name)
      bytes += names.lengthOf(number)
      return number
    }
    flattenAttributes(attributes, (name, value) => {
      if (typeof value === 'string') {
        const text = encodedText(value)
        bytes += text.bytes
        strings.values += text.encoded
        strings.names.push(named(this.strings.names, name))
      } else if (typeof value === 'number') {
        bytes += JSON.stringify(value).length
        numbers.values.push(value)
        numbers.names.push(named(this.numbers.names, name))
      } else {
        bytes += value ? 4 : 5
        bools.values.push(value)
        bools.names.push(named(this.bools.names, name))
      }
    })
    return { strings, numbers, bools, bytes }
  }
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
    bytes += column.names.add(name) + column.values.add(String(value), ascii)
  })
  column.close(count)
  return bytes
}
