import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Names of all fields that are asked for below a field, at whatever depth, those of fragments included. */
export function askedNames({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>()
  const open: (SelectionSetNode | undefined)[] = fieldNodes.map(({ selectionSet }) => selectionSet)
  const spread = new Set<string>()
  for (let set = open.pop(); set !== undefined || open.length > 0; set = open.pop())
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value)
        open.push(selection.selectionSet)
      } else if (selection.kind === Kind.INLINE_FRAGMENT) open.push(selection.selectionSet)
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value)
        open.push(fragments[selection.name.value]?.selectionSet)
      }
    }
  return names
}
