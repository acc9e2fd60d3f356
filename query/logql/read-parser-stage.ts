import type { SyntaxNode } from '@lezer/common'
import { printRegex } from '../regex/print.js'
import { readJsonPath } from './json-path.js'
import { LinePatternError, readLinePattern } from './line-pattern.js'
import type { ParserStage } from './pipeline.js'
import { regexGroups } from './read-replacement.js'
import type { JsonField, JsonStage, LogfmtField, LogfmtStage } from './selector.js'
import { childrenOf, regexOf, type Syntax, stringOf, textOf, unsupported } from './syntax.js'
import { errorAt } from './text-position.js'

/** Reads a `LabelParser` node: a parser without fields. */
export function readLabelParser(syntax: Syntax, node: SyntaxNode): ParserStage {
  const [parser, argument] = childrenOf(node)
  switch (parser?.name) {
    case 'Json':
      return { kind: 'json', paths: null }
    case 'Logfmt':
      return readLogfmt(syntax, node)
    case 'Regexp':
      return readRegexp(syntax, argument ?? node)
    case 'Pattern':
      return readPattern(syntax, argument ?? node)
    default:
      return unsupported(syntax, node, `| ${textOf(syntax, parser ?? node)}`, 'json, logfmt, pattern or regexp')
  }
}

/** Reads a `JsonExpressionParser` node: `json name="path", …`. */
export function readJsonFields(syntax: Syntax, node: SyntaxNode): JsonStage {
  const paths = fieldsOf(node).map((field): JsonField => {
    const [name, , value] = childrenOf(field)
    const text = value === undefined ? textOf(syntax, name ?? field) : stringOf(syntax, value)
    const path = readJsonPath(text)
    if (path === null) {
      throw errorAt(
        syntax.text,
        field.from,
        `found the path ${JSON.stringify(text)}; expected one such as request.headers[0]["name"]`,
      )
    }
    return { name: textOf(syntax, name ?? field), path }
  })
  return { kind: 'json', paths }
}

/** Reads a `LogfmtParser` or `LogfmtExpressionParser` node: `logfmt`, with fields or without. */
export function readLogfmt(syntax: Syntax, node: SyntaxNode): LogfmtStage {
  for (const flag of flagsOf(node)) {
    // Keys without a value are labels with an empty one, which is the same as none.
    if (textOf(syntax, flag) !== '--keep-empty') {
      unsupported(syntax, flag, `logfmt ${textOf(syntax, flag)}`, 'logfmt, which leaves out what is no key=value')
    }
  }
  const fields = fieldsOf(node).map((field): LogfmtField => {
    const [name, , value] = childrenOf(field)
    const own = textOf(syntax, name ?? field)
    return { name: own, key: value === undefined ? own : stringOf(syntax, value) }
  })
  return { kind: 'logfmt', fields: fields.length === 0 ? null : fields }
}

function readRegexp(syntax: Syntax, node: SyntaxNode): ParserStage {
  const regex = regexOf(syntax, node)
  const names = regexGroups(regex)
  if (names.every((name) => name === null)) {
    throw errorAt(
      syntax.text,
      node.from,
      'found a regular expression without a named group; expected one such as (?P<status>\\d+)',
    )
  }
  return { kind: 'groups', pattern: printRegex(regex, true), names }
}

function readPattern(syntax: Syntax, node: SyntaxNode): ParserStage {
  try {
    return { kind: 'groups', ...readLinePattern(stringOf(syntax, node)) }
  } catch (error) {
    if (!(error instanceof LinePatternError)) throw error
    throw errorAt(syntax.text, node.from, `${error.message}; expected a pattern such as "<ip> - <_> <status>"`)
  }
}

const fieldsOf = (node: SyntaxNode): SyntaxNode[] =>
  childrenOf(node).flatMap((child) => {
    if (child.name === 'LabelExtractionExpression') return [child]
    return child.name === 'LabelExtractionExpressionList' ? fieldsOf(child) : []
  })

const flagsOf = (node: SyntaxNode): SyntaxNode[] =>
  childrenOf(node).flatMap((child) => {
    if (child.name === 'ParserFlag') return [child]
    return child.name === 'LogfmtParserFlags' || child.name === 'LogfmtParser' ? flagsOf(child) : []
  })
