import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BEARER_SECRET, type IngestPipeline, openIngestPipeline } from './ingest-pipeline.js'

/** How long Prometheus writes before it is asked what it holds, ms. */
const WRITING_MS = Number(process.env.TOCSIN_TEST_REMOTE_WRITE_SECONDS ?? 15) * 1_000

function isInstalled(): boolean {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(!isInstalled())('a Prometheus server that writes to us', () => {
  let pipeline: IngestPipeline
  let folder: string
  let url: string
  let prometheus: ChildProcess

  beforeAll(async () => {
    pipeline = await openIngestPipeline()
    folder = mkdtempSync(join(tmpdir(), 'tocsin-prometheus-'))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: itself, static_configs: [{targets: ['127.0.0.1:${port}']}]}
  - {job_name: edge, static_configs: [{targets: ['${new URL(pipeline.url).host}']}]}
  - {job_name: gone, static_configs: [{targets: ['127.0.0.1:1']}]}
remote_write:
  - url: ${pipeline.url}/api/v1/write
    authorization: {credentials: ${BEARER_SECRET}}
    queue_config: {batch_send_deadline: 1s}
`,
    )
    const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`]
    prometheus = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
  })
  afterAll(async () => {
    const ended = once(prometheus, 'exit')
    prometheus.kill()
    await ended
    await pipeline.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('holds no sample that we do not hold', { timeout: WRITING_MS + 60_000 }, async () => {
    await delay(WRITING_MS)
    const end = Math.floor(Date.now() / 1_000) - 1
    const seconds = Math.ceil(WRITING_MS / 1_000) + 5
    const query = new URLSearchParams({ query: `{__name__=~".+"}[${seconds}s]`, time: String(end) })
    const held = (await (await fetch(`${url}/api/v1/query?${query}`)).json()) as {
      data: { result: { metric: Record<string, string>; values: [number, string][] }[] }
    }
    // What it scraped last is on its way for the time of a batch.
    await delay(4_000)
    await pipeline.settled()
    const key = (labels: Record<string, string>) =>
      JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    const ours = new Map<string, number>()
    for (const { name, labels, ms, value } of await pipeline.samples())
      ours.set(`${key({ ...labels, __name__: name })} ${Math.round(ms)}`, value)
    const wrong: string[] = []
    let compared = 0
    for (const { metric, values } of held.data.result)
      for (const [at, text] of values) {
        const name = `${key(metric)} ${Math.round(at * 1_000)}`
        const value = Number(text.replace('Inf', 'Infinity'))
        compared++
        if (!Object.is(ours.get(name), value)) wrong.push(`${name}: ${text}, found ${ours.get(name)}`)
      }
    expect(wrong.slice(0, 10)).toEqual([])
    expect(compared).toBeGreaterThan(1_000)
    console.log(`${compared} samples of ${held.data.result.length} series are the same here and there`)
  })
})
