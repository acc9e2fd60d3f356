import { JSON_DEPTH } from './json-depth.js'
import { normalNameSql } from './label-map-sql.js'
import type { ParamSink } from './param-sink.js'
import type { ParserStage } from './pipeline.js'
import type { JsonField, LogfmtField } from './selector.js'

const NO_PAIRS = `CAST([], 'Array(Tuple(String, String))')`

/**
 * What a parser finds in a line: an Array(Tuple(String, String)) in the order of the line, `__error__` among it.
 *
 * @param names The labels that matter; null for all. Each step into JSON adds an underscore, so they say how deep to go.
 */
export function foundPairsSql(
  stage: ParserStage,
  line: string,
  names: readonly string[] | null,
  params: ParamSink,
): string {
  switch (stage.kind) {
    case 'json': {
      const found = stage.paths === null ? jsonPairs(line, depthFor(names)) : jsonFieldPairs(stage.paths, line, params)
      return `if(JSONType(${line}) = 'Object', ${found}, [('__error__', 'JSONParserErr')])`
    }
    case 'logfmt':
      return stage.fields === null ? logfmtPairs(line) : logfmtFieldPairs(stage.fields, line, params)
    case 'groups': {
      const groups = `extractGroups(${line}, ${params.text(stage.pattern)})`
      const pairs = stage.names.flatMap((name, index) =>
        name === null ? [] : [`(${params.text(name)}, arrayElementOrNull(${groups}, ${index + 1}))`],
      )
      return `arrayMap(p -> (p.1, ifNull(p.2, '')), [${pairs.join(', ')}])`
    }
  }
}

function depthFor(names: readonly string[] | null): number {
  if (names === null) return JSON_DEPTH
  return Math.min(JSON_DEPTH, 1 + Math.max(0, ...names.map((name) => name.split('_').length - 1)))
}

function jsonPairs(line: string, levels: number): string {
  let pairs = `arrayMap(p -> (${normalNameSql('p.1')}, p.2), JSONExtractKeysAndValuesRaw(${line}))`
  for (let depth = 1; depth < levels; depth++) {
    const inner = `arrayMap(c -> (concat(p.1, '_', replaceRegexpAll(c.1, '[^A-Za-z0-9]', '_')), c.2), JSONExtractKeysAndValuesRaw(p.2))`
    pairs = `arrayFlatten(arrayMap(p -> if(startsWith(p.2, '{'), ${inner}, [p]), ${pairs}))`
  }
  const scalars = `arrayFilter(p -> NOT (startsWith(p.2, '[') OR startsWith(p.2, '{') OR p.2 = 'null'), ${pairs})`
  return `arrayMap(p -> (p.1, ${jsonText('p.2')}), ${scalars})`
}

function jsonFieldPairs(fields: readonly JsonField[], line: string, params: ParamSink): string {
  const pairs = fields.map(({ name, path }) => {
    const steps = path.map((step) => (typeof step === 'number' ? String(step + 1) : params.text(step)))
    const raw = `JSONExtractRaw(${line}, ${steps.join(', ')})`
    // ClickHouse takes a number for the position in an object too; here it is an index of an array alone.
    const indexed = path.flatMap((step, at) =>
      typeof step === 'number' ? [`JSONType(${[line, ...steps.slice(0, at)].join(', ')}) != 'Array'`] : [],
    )
    const isNone = [`${raw} = 'null'`, ...indexed].join(' OR ')
    return `(${params.text(name)}, if(${isNone}, '', ${jsonText(raw)}))`
  })
  return `[${pairs.join(', ')}]`
}

/** Texts without their quotes; all else as it is written. */
const jsonText = (raw: string): string => `if(startsWith(${raw}, '"'), JSONExtractString(${raw}), ${raw})`

/**
 * A line is cut at blanks outside of quotes; what is not `key=value` is left out. Keys hold no `=` and no quotes, bare
 * values neither; `\"` and the like in quoted values are read as in JSON.
 */
function logfmtEntries(line: string): string {
  const words = `extractAll(${line}, '(?:[^\\\\x{0}-\\\\x{20}"]|"(?:[^"\\\\\\\\]|\\\\\\\\.)*"?)+')`
  const parts = `arrayMap(w -> extractGroups(w, '^([^="]+)=(?:"((?:[^"\\\\\\\\]|\\\\\\\\.)*)"|([^="]*))$'), ${words})`
  const value = `if(g[2] = '', g[3], JSONExtractString(concat('"', g[2], '"')))`
  return `arrayMap(g -> (g[1], ${value}), arrayFilter(g -> notEmpty(g), ${parts}))`
}

function logfmtPairs(line: string): string {
  return `arrayMap(p -> (${normalNameSql('p.1')}, p.2), ${logfmtEntries(line)})`
}

function logfmtFieldPairs(fields: readonly LogfmtField[], line: string, params: ParamSink): string {
  if (fields.length === 0) return NO_PAIRS
  const pairs = fields.map(
    ({ name, key }) => `(${params.text(name)}, arrayFirst(p -> p.1 = ${params.text(key)}, ${logfmtEntries(line)}).2)`,
  )
  return `[${pairs.join(', ')}]`
}
