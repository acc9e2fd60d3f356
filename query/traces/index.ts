/** Traces, pure: from the columns of a trace's spans to its tree, times and critical path. */
export { type ServiceShare, type TraceTree, traceTree } from './trace-tree.js'
export { finish, type Work } from './work.js'
