import type { FastifyInstance } from 'fastify'

/** Asks whether something the gateway needs is there; rejects when it is not. */
export type ReadyCheck = () => Promise<unknown>

/** A check that has not answered by then counts as failed, ms. */
const CHECK_MS = 2_000

/** `/healthz`: the process lives. `/readyz`: it can serve, each check named. */
export function serveHealth(app: FastifyInstance, checks: Readonly<Record<string, ReadyCheck>>): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failed'] as const),
    )
    const ready = answers.every(([, answer]) => answer === 'ok')
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(answers) })
  })
}

function passes(check: ReadyCheck): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CHECK_MS)
    const settle = (ok: boolean) => {
      clearTimeout(timer)
      resolve(ok)
    }
    check().then(
      () => settle(true),
      () => settle(false),
    )
  })
}
