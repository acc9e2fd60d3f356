import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/** What a document may ask for, each counted with its fragments expanded, per operation. Published in the docs. */
export const QUERY_LIMITS = {
  fields: 200,
  aliases: 30,
  directives: 8,
  depth: 12,
  /** Of the document's text. */
  tokens: 2_000,
  /** Under `__schema` and `__type`, whose standard query is deeper and wider than any other. */
  introspectionFields: 1_000,
  introspectionDepth: 20,
} as const

/** What a selection set costs with its fragments expanded. */
export interface QueryCost {
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  readonly depth: number
  readonly introspectionFields: number
  readonly introspectionDepth: number
}

const NOTHING: QueryCost = {
  fields: 0,
  aliases: 0,
  directives: 0,
  depth: 0,
  introspectionFields: 0,
  introspectionDepth: 0,
}

/**
 * Why a document is refused before it is validated, as a sentence; null when it is within the limits. Takes time linear
 * in the document: a fragment is counted once, however often it is spread, and a cycle of fragments is refused.
 */
export function queryFault(document: DocumentNode): string | null {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const counted = new Map<string, QueryCost | 'open'>()
  let cycle: string | null = null

  function costOfFragment(name: string): QueryCost {
    const known = counted.get(name)
    if (known === 'open') {
      cycle = name
      return NOTHING
    }
    if (known !== undefined) return known
    const fragment = fragments.get(name)
    // A spread of a fragment that is not there is validation's to name.
    if (fragment === undefined) return NOTHING
    counted.set(name, 'open')
    const cost = costOf(fragment.selectionSet)
    counted.set(name, cost)
    return cost
  }

  function costOf(set: SelectionSetNode): QueryCost {
    let total = NOTHING
    for (const selection of set.selections) {
      const own = { ...NOTHING, directives: selection.directives?.length ?? 0 }
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet === undefined ? NOTHING : costOf(selection.selectionSet)
        const aliased = plus(own, { ...NOTHING, aliases: selection.alias === undefined ? 0 : 1 })
        total = plus(total, plus(aliased, fieldCost(selection.name.value, inner)))
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT
            ? costOf(selection.selectionSet)
            : costOfFragment(selection.name.value)
        total = plus(total, plus(own, inner))
      }
    }
    return total
  }

  for (const name of fragments.keys()) costOfFragment(name)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const own = { ...NOTHING, directives: definition.directives?.length ?? 0 }
    const over = excess(plus(own, costOf(definition.selectionSet)))
    if (over !== null) return over
  }
  return cycle === null ? null : `The fragment ${cycle} spreads itself; expected fragments without a cycle.`
}

/** A field with what stands below it. What stands below `__schema` and `__type` counts by itself. */
function fieldCost(name: string, inner: QueryCost): QueryCost {
  if (name !== '__schema' && name !== '__type') return { ...inner, fields: inner.fields + 1, depth: inner.depth + 1 }
  return {
    ...inner,
    fields: 1,
    depth: 1,
    introspectionFields: inner.introspectionFields + inner.fields,
    introspectionDepth: Math.max(inner.introspectionDepth, inner.depth + 1),
  }
}

function plus(a: QueryCost, b: QueryCost): QueryCost {
  return {
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    depth: Math.max(a.depth, b.depth),
    introspectionFields: a.introspectionFields + b.introspectionFields,
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
  }
}

function excess(cost: QueryCost): string | null {
  for (const name of ['fields', 'aliases', 'directives', 'depth', 'introspectionFields', 'introspectionDepth'] as const)
    if (cost[name] > QUERY_LIMITS[name])
      return `The operation has ${WORDS[name]} ${cost[name]} with its fragments expanded; at most ${QUERY_LIMITS[name]} is served.`
  return null
}

const WORDS = {
  fields: 'a number of fields of',
  aliases: 'a number of aliases of',
  directives: 'a number of directives of',
  depth: 'a depth of',
  introspectionFields: 'a number of introspection fields of',
  introspectionDepth: 'an introspection depth of',
} as const
