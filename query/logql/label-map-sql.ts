import { storedLabelSql } from './label-sql.js'
import type { ParamSink } from './param-sink.js'

/** A list of pairs of texts as a map; of pairs with the same name the first stays, and empty values are left out. */
export function firstWinsMapSql(pairs: string): string {
  const filled = `arrayFilter(p -> p.2 != '', ${pairs})`
  const first = `arrayFilter((p, i) -> indexOf(arrayMap(q -> q.1, ${filled}), p.1) = i, ${filled}, arrayEnumerate(${filled}))`
  return `CAST(${first}, 'Map(String, String)')`
}

/** The normal name of a key, after normalName. */
export function normalNameSql(key: string): string {
  return `replaceRegexpOne(replaceRegexpAll(${key}, '[^A-Za-z0-9]', '_'), '^([0-9])', '_\\\\1')`
}

/** All stored labels of a row as a Map(String, String), or only those named; empty ones are left out. */
export function storedLabelMapSql(names: readonly string[] | null, params: ParamSink): string {
  if (names === null) return firstWinsMapSql(allPairsSql())
  if (names.length === 0) return `CAST(map(), 'Map(String, String)')`
  const pairs = names.map((name) => `(${params.text(name)}, CAST(${storedLabelSql(name, params)}, 'String'))`)
  return firstWinsMapSql(`[${pairs.join(', ')}]`)
}

/** Columns, then attributes in the order of storedLabel: their own key, texts, numbers, booleans, byte order. */
function allPairsSql(): string {
  const columns = ['service', 'level', 'trace_id', 'span_id'].map((name) => `('${name}', CAST(${name}, 'String'))`)
  const attributes = ['string', 'number', 'bool'].map((type, rank) => {
    const keys = `CAST(mapKeys(attributes_${type}), 'Array(String)')`
    const entry = `(${normalNameSql('k')}, toString(v), ${normalNameSql('k')} != k, ${rank}, k)`
    return `arrayMap((k, v) -> ${entry}, ${keys}, mapValues(attributes_${type}))`
  })
  const sorted = `arraySort(e -> (e.3, e.4, e.5), arrayConcat(${attributes.join(', ')}))`
  return `arrayConcat([${columns.join(', ')}], arrayMap(e -> (e.1, e.2), ${sorted}))`
}

/** The labels of a map that are named, or all but those. */
export function pickLabelsSql(map: string, without: boolean, names: readonly string[], params: ParamSink): string {
  if (names.length === 0) return without ? map : `CAST(map(), 'Map(String, String)')`
  const list = `[${names.map((name) => params.text(name)).join(', ')}]`
  return `mapFilter((k, v) -> ${without ? 'NOT ' : ''}has(${list}, k), ${map})`
}
