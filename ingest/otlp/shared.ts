import { type Issues, TooManyValuesError } from '../parse/issues.js'
import type { Attributes } from '../parse/span-item.js'
import { readAttributes } from './any-value.js'
import { type Fields, message, messages, text } from './fields.js'
import { OTLP_LIMITS } from './limits.js'

/** A resource and one of its scopes: what the items below them share. */
export interface SharedPart {
  readonly service: string
  readonly resource: Attributes
  readonly scopeName: string
  readonly scopeVersion: string
  readonly scopeAttributes: Attributes
  /** The message of the scope, whose items are to be read, and its path. */
  readonly of: Fields
  readonly path: string
}

/** The scopes of a request. */
export function* sharedParts(request: Fields, list: string, scopes: string, issues: Issues): Generator<SharedPart> {
  for (const [group, where] of messages(request, list, '', issues)) {
    const resource = readAttributes(message(group.resource, `${where}.resource`, issues), `${where}.resource`, issues)
    const service = resource['service.name']
    for (const [of, path] of messages(group, scopes, where, issues)) {
      const scope = message(of.scope, `${path}.scope`, issues)
      yield {
        service: typeof service === 'string' ? service.slice(0, 255) : '',
        resource,
        scopeName: text(scope.name, OTLP_LIMITS.nameLength, `${path}.scope.name`, issues),
        scopeVersion: text(scope.version, OTLP_LIMITS.nameLength, `${path}.scope.version`, issues),
        scopeAttributes: readAttributes(scope, `${path}.scope`, issues),
        of,
        path,
      }
    }
  }
}

/**
 * Counts what shared attributes add to rows: a resource of 20 MiB over a thousand logs would be 20 GB of rows.
 *
 * @throws TooManyValuesError past the limit.
 */
export class SharedSize {
  #left = OTLP_LIMITS.sharedCharacters
  #of: Attributes | null = null
  #size = 0

  take(shared: Attributes): void {
    if (this.#of !== shared) {
      this.#of = shared
      this.#size = JSON.stringify(shared).length
    }
    this.#left -= this.#size
    if (this.#left < 0) throw new TooManyValuesError(OTLP_LIMITS.values)
  }
}
