/** LogQL, pure: parse, judge one record, compile to ClickHouse SQL, print in normal form. */
export { canonicalLogSelector, filterLabelNames } from './canonical.js'
export { compileLogFilter } from './filter-sql.js'
export { numberFieldSql, storedLabelSql as groupByColumn } from './label-sql.js'
export { matchesLog } from './matches-log.js'
export { createParamSink, type ParamSink } from './param-sink.js'
export { parseLogSelector } from './parse-selector.js'
export type { LogSelector } from './selector.js'
export type { LabelledLog } from './stored-label.js'
