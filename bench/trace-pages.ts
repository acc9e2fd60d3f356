import type { Bootstrap } from '../cli/bootstrap.js'
import { ask } from '../cli/demo/control.js'
import { quantile } from './harness.js'

/** A page as a console asks for it: what a row shows, and all that is known of the span. */
const PAGE = `query Page($id: String!, $at: Int) { trace(traceId: $id) {
  spanCount errorCount services root { name }
  spans(first: 1000, at: $at) {
    nodes { spanId parentSpanId service name kind startedAt durationMs status statusMessage attributes events links
      position depth descendantCount onCriticalPath selfMs criticalMs findings }
    pageInfo { hasNextPage endCursor } } } }`

interface Answer {
  readonly trace: { readonly spanCount: number; readonly spans: { readonly nodes: readonly unknown[] } } | null
}

/** How long a page of 1,000 rows takes, ms. Fails where it is not one of a trace of so many spans. */
export async function pageMs(bootstrap: Bootstrap, id: string, at: number, spans: number): Promise<number> {
  const start = performance.now()
  const { trace } = await ask<Answer>(bootstrap, PAGE, { id, at })
  const ms = performance.now() - start
  if (trace?.spanCount !== spans || trace.spans.nodes.length !== 1_000)
    throw new Error(`Found ${trace?.spans.nodes.length} rows of ${trace?.spanCount} spans; expected 1,000 of ${spans}.`)
  return ms
}

/** The median of some runs, ms. */
export async function medianOf(runs: number, run: (index: number) => Promise<number>): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < runs; i++) took.push(await run(i))
  return quantile(took, 0.5)
}

const COUNT = `query Count($id: String!) { trace(traceId: $id) { spanCount } }`

/** Spans of a trace that can be queried. */
export async function spanCount(bootstrap: Bootstrap, id: string): Promise<number> {
  const { trace } = await ask<{ trace: { spanCount: number } | null }>(bootstrap, COUNT, { id })
  return trace?.spanCount ?? 0
}
