import type { Attributes } from './span-item.js'

/** A step on the way along an object's fields: by a name, then by its value, and so on. Maps are made when they are needed. */
interface Step {
  /** By names, or by texts, numbers, booleans and null. */
  plain: Map<unknown, Step> | null
  /** By the JSON of lists and objects. */
  nested: Map<unknown, Step> | null
  /** Of the resource and the scope whose way ends here. */
  shared: Attributes | null
}

/**
 * Native spans each carry their resource, and most of a batch the same: those that read the same share one object, so
 * that their cells are made once. Along a tree and not by their JSON, of which each span would make texts.
 */
export class KnownShared {
  readonly #start = newStep()

  /** The shared attributes of a resource and a scope: the same object for all that have the same fields in the same order. */
  of(resource: Attributes, scope: Attributes): Attributes {
    // No field has an empty name, so the scope's begin where no resource's go on.
    const end = along(plain(along(this.#start, resource), ''), scope)
    end.shared ??= sharedAttributes(resource, scope)
    return end.shared
  }
}

function newStep(): Step {
  return { plain: null, nested: null, shared: null }
}

function along(from: Step, attributes: Attributes): Step {
  let at = from
  for (const name in attributes) {
    const value = attributes[name]
    at = plain(at, name)
    at = typeof value === 'object' && value !== null ? nested(at, JSON.stringify(value)) : plain(at, value)
  }
  return at
}

function plain(from: Step, key: unknown): Step {
  from.plain ??= new Map()
  return next(from.plain, key)
}

function nested(from: Step, json: string): Step {
  from.nested ??= new Map()
  return next(from.nested, json)
}

function next(steps: Map<unknown, Step>, key: unknown): Step {
  const known = steps.get(key)
  if (known !== undefined) return known
  const made = newStep()
  steps.set(key, made)
  return made
}

/** Attributes of a resource and a scope under their prefixes, as rows carry them. */
export function sharedAttributes(resource: Attributes, scope: Attributes): Attributes {
  const shared: Record<string, unknown> = {}
  for (const name in resource) shared[`resource.${name}`] = resource[name]
  for (const name in scope) shared[`scope.${name}`] = scope[name]
  return shared
}
