/** The HTTP edge of ingest: signed batches in, refusals by name out. */
export { createIngestEdge, type IngestEdge, type IngestEdgeOptions } from './edge.js'
export { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './limits.js'
export { createBodyReader } from './reading/reader.js'
export { REFUSALS, type RefusalCode } from './refusals.js'
