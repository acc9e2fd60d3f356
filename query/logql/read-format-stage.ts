import type { SyntaxNode } from '@lezer/common'
import type { FormatStage, LabelChoice, LabelFormat, Template } from './pipeline.js'
import { readMatcher } from './read-label-filter.js'
import { childrenOf, type Syntax, stringOf, textOf } from './syntax.js'
import { readTemplate, TemplateError } from './template.js'
import { errorAt } from './text-position.js'

/** Reads a `LineFormatExpr` node. */
export function readLineFormat(syntax: Syntax, node: SyntaxNode): FormatStage {
  const text = node.getChild('String') ?? node
  return { kind: 'lineFormat', template: templateOf(syntax, text) }
}

/** Reads a `LabelFormatExpr` node; a label may be set once. */
export function readLabelFormat(syntax: Syntax, node: SyntaxNode): FormatStage {
  const formats: LabelFormat[] = []
  for (const each of descendants(node, 'LabelFormatMatcher', 'LabelsFormat')) {
    const [target, , source] = childrenOf(each)
    const name = textOf(syntax, target ?? each)
    if (formats.some((format) => format.name === name)) {
      throw errorAt(
        syntax.text,
        each.from,
        `found the label ${name} set twice; expected each label once in a label_format`,
      )
    }
    const from: LabelFormat['from'] =
      source?.name === 'String'
        ? { kind: 'template', template: templateOf(syntax, source) }
        : { kind: 'rename', label: textOf(syntax, source ?? each) }
    formats.push({ name, from })
  }
  return { kind: 'labelFormat', formats }
}

/** Reads a `DropLabelsExpr` or `KeepLabelsExpr` node. */
export function readDropOrKeep(syntax: Syntax, node: SyntaxNode): FormatStage {
  const isDrop = node.name === 'DropLabelsExpr'
  const [leaf, list] = isDrop ? ['DropLabel', 'DropLabels'] : ['KeepLabel', 'KeepLabels']
  const choices = descendants(node, leaf, list).map((each): LabelChoice => {
    const matcher = each.getChild('Matcher')
    return matcher === null
      ? { name: textOf(syntax, each), matcher: null }
      : { name: readMatcher(syntax, matcher).name, matcher: readMatcher(syntax, matcher) }
  })
  return { kind: isDrop ? 'drop' : 'keep', choices }
}

function templateOf(syntax: Syntax, node: SyntaxNode): Template {
  try {
    return readTemplate(stringOf(syntax, node))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw errorAt(
      syntax.text,
      node.from,
      `${error.message}; expected text with {{.label}}, {{.label | ToLower}} or {{__line__}}`,
    )
  }
}

/** Nodes of a name below lists that nest to the left, in order. */
function descendants(node: SyntaxNode, leaf: string | undefined, list: string | undefined): SyntaxNode[] {
  return childrenOf(node).flatMap((child) => {
    if (child.name === leaf) return [child]
    return child.name === list ? descendants(child, leaf, list) : []
  })
}
