/** Traces, pure: which spans a selector means, and from the columns of a trace's spans its tree, times and critical path. */
export { compileSpanFilter, parseSpanSelector, SPAN_COLUMNS } from './span-filter.js'
export { type ServiceShare, type TraceTree, traceTree } from './trace-tree.js'
export { finish, type Work } from './work.js'
