import { flattenAttributes } from './attributes.js'
import type { QuotedNames } from './quoted-names.js'
import type { Attributes } from './span-item.js'

/** Attributes as the cells of a row's three maps, and their bytes as usage counts them. */
export interface AttributeCells {
  readonly strings: string
  readonly numbers: string
  readonly bools: string
  readonly bytes: number
}

/**
 * Attributes by their type, without the braces of the maps.
 *
 * @param ascii Whether all their texts are surely ASCII: counting bytes takes longer than writing them.
 */
export function attributeCells(attributes: Attributes, quoted: QuotedNames, ascii = false): AttributeCells {
  let strings = ''
  let numbers = ''
  let bools = ''
  let bytes = 0
  flattenAttributes(attributes, (name, value) => {
    bytes += ascii ? name.length : Buffer.byteLength(name)
    if (typeof value === 'string') {
      bytes += ascii ? value.length : Buffer.byteLength(value)
      strings += `${strings === '' ? '' : ','}${quoted.of(name)}:${JSON.stringify(value)}`
    } else if (typeof value === 'number') {
      const text = JSON.stringify(value)
      bytes += text.length
      numbers += `${numbers === '' ? '' : ','}${quoted.of(name)}:${text}`
    } else {
      bytes += value ? 4 : 5
      bools += `${bools === '' ? '' : ','}${quoted.of(name)}:${value}`
    }
  })
  return { strings, numbers, bools, bytes }
}

/** The cells of a row's three maps: its own attributes, then those it shares with its neighbours. */
export function mapCells(own: AttributeCells, shared: AttributeCells): string {
  const joined = (a: string, b: string) => (a === '' ? b : b === '' ? a : `${a},${b}`)
  return (
    `{${joined(own.strings, shared.strings)}},` +
    `{${joined(own.numbers, shared.numbers)}},{${joined(own.bools, shared.bools)}}`
  )
}

/** All attributes as texts, numbers and booleans as their JSON: one map's cell with its braces, and its bytes. */
export function textMapCell(
  attributes: Attributes,
  quoted: QuotedNames,
): { readonly cell: string; readonly bytes: number } {
  let cell = ''
  let bytes = 0
  flattenAttributes(attributes, (name, value) => {
    const text = String(value)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(text)
    cell += `${cell === '' ? '' : ','}${quoted.of(name)}:${JSON.stringify(text)}`
  })
  return { cell: `{${cell}}`, bytes }
}

/** Cells that are remembered: of more, all are made anew. */
const REMEMBERED = 1_000

/** Remembers the cells of attributes that rows share, by the object; `change` is applied to each once. */
export class SharedCells {
  readonly #known = new Map<Attributes, AttributeCells>()

  constructor(
    private readonly quoted: QuotedNames,
    private readonly change: (shared: Attributes) => Attributes,
  ) {}

  of(shared: Attributes): AttributeCells {
    const known = this.#known.get(shared)
    if (known !== undefined) return known
    const cells = attributeCells(this.change(shared), this.quoted)
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(shared, cells)
    return cells
  }
}
