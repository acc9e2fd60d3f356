import type { Frame, StageOf } from './cpu-profile.js'

/** A stage, and where its frames are: a part of their file, and of their function where the file is not enough. */
type Rule = readonly [stage: string, file: RegExp, inFunction?: RegExp]

/** Of the main thread, most special first. */
const MAIN: readonly Rule[] = [
  ['signature', /\/ingest\/edge\/(?:guards\/)?signature\.js$/],
  ['decompress', /\/ingest\/edge\/guards\/decompression\.js$|\/remote-write\/snappy\.js$/],
  ['parse and validate', /\/ingest\/(?:edge\/(?:reading\/read-body|partial)|otlp\/|remote-write\/|parse\/)(?!pool)/],
  ['hand to a worker', /\/ingest\/(?:threads|parse\/pool|edge\/reading\/reader)\.js$/],
  ['enqueue', /\/ingest\/edge\/(?:guards\/enqueue|idempotency|batch-id)\.js$|\/queue\/body\.js$/],
  ['enqueue', /\/queue\/postgres\/intake\.js$/, /enqueue/i],
  ['claim', /\/queue\/postgres\/intake(?:-claims)?\.js$|\/queue\/waiters\.js$/],
  ['manifests', /\/queue\/postgres\/flush-manifests\.js$/],
  [
    'insert',
    /\/embedded\/chdb(?:-insert)?\.js$|\/sql\/row-writer\.js$|\/ingest\/columns\/native-block\.js$|\/ingest\/normalizer\//,
  ],
  ['http and guards', /\/ingest\/edge\//],
  ['other roles', /\/dist\/(?:evaluator|notifier|gateway|prisma|sql|composition)\//],
]

/** Of the main thread where no file of ours is in the stack: after a wait a library is called by nobody. */
const LIBRARIES: readonly Rule[] = [
  ['other roles', /\/node_modules\/(?:@apollo|graphql|@prisma|bullmq|type-graphql)/],
  ['PostgreSQL driver', /\/node_modules\/pg/],
  [
    'http and guards',
    /\/node_modules\/(?:fastify|avvio|find-my-way|light-my-request)|node:_http|node:http|node:net|stream/,
  ],
  ['to and from workers', /node:internal\/worker|node:internal\/per_context\/messageport/],
]

/** Of a worker thread that makes rows. */
const ROWS: readonly Rule[] = [
  ['rows: scrub', /\/ingest\/scrub\//],
  ['rows: enrich', /\/ingest\/enrich\/|\/mmdb-lib\/|\/bowser\//],
  ['rows: parse', /\/parse\/(?:json-body|json-pieces|protobuf-body|value-count)\.js$|\/protobufjs\//],
  ['rows: validate', /\/parse\/(?:native-[a-z]+|shape|issues|limits)\.js$|\/otlp\/|\/remote-write\//],
  ['rows: validate', /\/parse\/attributes\.js$/, /^check/],
  ['rows: encode', /\/ingest\/(?:parse|columns)\//],
]

/** Of a worker thread that reads large bodies for the edge. */
const READING: readonly Rule[] = [
  ['edge worker: decompress', /\/remote-write\/snappy\.js$/],
  ['edge worker: parse', /\/parse\/(?:json-body|json-pieces|protobuf-body|value-count)\.js$|\/protobufjs\//],
  ['edge worker: validate', /\/ingest\//],
]

const ENGINE: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'Node itself'],
])

export const mainStage = byRules([MAIN, LIBRARIES], 'main thread, other')
export const rowsStage = byRules([ROWS], 'rows: to and from the main thread', 'rows: ')
export const readingStage = byRules([READING], 'edge worker: to and from the main thread', 'edge worker: ')

function byRules(lists: readonly (readonly Rule[])[], otherwise: string, prefix = ''): StageOf {
  return (stack) => {
    const [innermost] = stack
    if (innermost === undefined || innermost.functionName === '(idle)' || innermost.functionName === '(root)')
      return null
    const engine = ENGINE.get(innermost.functionName)
    if (engine !== undefined) return prefix + engine
    for (const rules of lists)
      for (const frame of stack) {
        const rule = rules.find(([, file, inFunction]) => matches(frame, file, inFunction))
        if (rule !== undefined) return rule[0]
      }
    return otherwise
  }
}

function matches({ url, functionName }: Frame, file: RegExp, inFunction?: RegExp): boolean {
  return file.test(url) && (inFunction === undefined || inFunction.test(functionName))
}
