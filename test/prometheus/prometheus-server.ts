import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Whether Prometheus and its tool are installed (`apt-get install prometheus`). */
export function hasPrometheus(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' })
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** A Prometheus server over samples given as OpenMetrics text, that takes more by remote write. */
export async function startPrometheus(
  openMetrics: string | null,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-prometheus-'))
  const [text, data, config] = ['samples.txt', 'data', 'config.yml'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(config, '{}\n')
  if (openMetrics !== null) {
    writeFileSync(text, openMetrics)
    await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, data])
  }
  const url = `http://127.0.0.1:${await freePort()}`
  const server = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  await untilReady(server, url)
  return {
    url,
    async stop() {
      server.kill('SIGKILL')
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    if (server.exitCode !== null) throw new Error(`Prometheus ended with ${server.exitCode} instead of serving.`)
    const answer = await fetch(`${url}/-/ready`).catch((error: unknown) => {
      if (error instanceof TypeError) return null
      throw error
    })
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('Prometheus was not ready within 30 s.')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}
