import type { RegexNode } from '../regex/node.js'

/** Names of all groups of a regular expression by number, from the first; a group without a name is null. */
export function regexGroups(node: RegexNode): (string | null)[] {
  switch (node.kind) {
    case 'group':
      return [node.name, ...regexGroups(node.of)]
    case 'repeat':
      return regexGroups(node.of)
    case 'concat':
    case 'alternate':
      return node.parts.flatMap(regexGroups)
    default:
      return []
  }
}

/**
 * A replacement after Go's rules (https://pkg.go.dev/regexp#Regexp.Expand): `$1`, `${1}`, `$name`, `${name}` stand for
 * groups, `$$` for a dollar. The name is as long as it can be; a group that there is not is empty.
 */
export function readReplacement(text: string, groups: readonly (string | null)[]): (string | number)[] {
  const parts: (string | number)[] = []
  let at = 0
  for (const match of text.matchAll(/\$(?:\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/g)) {
    parts.push(text.slice(at, match.index))
    at = match.index + match[0].length
    const name = match[1] ?? match[2]
    if (name === undefined) parts.push('$')
    else {
      const index = /^\d+$/.test(name) ? Number(name) : groups.indexOf(name) + 1
      // 0 is the whole match, and what indexOf gives where there is no such name.
      if (index <= groups.length && (index > 0 || name === '0')) parts.push(index)
    }
  }
  parts.push(text.slice(at))
  return parts.filter((part) => part !== '')
}
