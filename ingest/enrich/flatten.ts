import { isWithinDepth } from '../parse/attributes.js'
import { BATCH_LIMITS } from '../parse/limits.js'

/**
 * Flat fields as they grow: nested names joined by dots, arrays as they are, nulls left out. Bounds are those of a log's
 * attributes; what exceeds them is left out. Of two of one name the first stands.
 */
export class FlatFields {
  readonly object: Record<string, unknown> = {}
  #count = 0

  /** Adds a flat field. */
  add(name: string, value: unknown): void {
    if (this.#count >= BATCH_LIMITS.attributes || Object.hasOwn(this.object, name)) return
    this.#count++
    if (name === '__proto__')
      Object.defineProperty(this.object, name, { value, enumerable: true, configurable: true, writable: true })
    else this.object[name] = value
  }

  /** Adds an object's fields, at any depth within the bounds. */
  addAll(object: Readonly<Record<string, unknown>>, prefix = '', depth = 0): void {
    for (const key in object) {
      if (this.#count >= BATCH_LIMITS.attributes) return
      const value = object[key]
      const name = prefix === '' ? key : prefix + key
      if (key === '' || name.length > BATCH_LIMITS.attributeNameLength || value === null) continue
      if (typeof value === 'object' && !Array.isArray(value)) {
        if (depth < BATCH_LIMITS.attributeDepth)
          this.addAll(value as Readonly<Record<string, unknown>>, `${name}.`, depth + 1)
      } else if (isStorable(value, depth)) this.add(name, value)
    }
  }
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return !Array.isArray(value) || isWithinDepth(value, BATCH_LIMITS.attributeDepth - depth)
}
