import { isWithinDepth } from '../parse/attributes.js'
import { BATCH_LIMITS } from '../parse/limits.js'

/**
 * Adds an object's fields, nested names joined by dots, arrays as they are, nulls left out. Bounds are those of a log's
 * attributes; what exceeds them is left out. Where two spell the same name the first stands.
 */
export function flattenInto(
  fields: Map<string, unknown>,
  object: Readonly<Record<string, unknown>>,
  prefix = '',
  depth = 0,
): void {
  for (const key in object) {
    if (fields.size >= BATCH_LIMITS.attributes) return
    const value = object[key]
    const name = prefix + key
    if (key === '' || name.length > BATCH_LIMITS.attributeNameLength || value === null || fields.has(name)) continue
    if (typeof value === 'object' && !Array.isArray(value)) {
      if (depth < BATCH_LIMITS.attributeDepth)
        flattenInto(fields, value as Readonly<Record<string, unknown>>, `${name}.`, depth + 1)
    } else if (isStorable(value, depth)) fields.set(name, value)
  }
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return !Array.isArray(value) || isWithinDepth(value, BATCH_LIMITS.attributeDepth - depth)
}
