import type { Bootstrap } from '../bootstrap.js'

/** Asks the control plane. Throws with its sentence for errors and user errors alike. */
export async function ask<Data extends object>(
  bootstrap: Bootstrap,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const response = await fetch(bootstrap.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bootstrap.apiToken}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(10_000),
  })
  const answer = (await response.json()) as { data?: Data; errors?: { message: string }[] }
  const payloads = Object.values(answer.data ?? {}) as ({ userErrors?: { message: string; path: string[] }[] } | null)[]
  const refused = payloads.flatMap((payload) => payload?.userErrors ?? [])
  const messages = [
    ...(answer.errors ?? []).map(({ message }) => message),
    ...refused.map(({ path, message }) => `${path.join('.')}: ${message}`),
  ]
  if (messages.length > 0 || answer.data === undefined)
    throw new Error(`The control plane refused: ${messages.join('; ')}`)
  return answer.data
}

const CREATE_CHANNEL = `mutation Channel($input: ChannelCreateInput!) {
  channelCreate(input: $input) { channel { id } signingSecret userErrors { message path } }
}`

const CREATE_MONITOR = `mutation Monitor($monitor: MonitorInput!) {
  monitorCreate(input: { monitor: $monitor }) { monitor { id } userErrors { message path } }
}`

/** Makes the three channels; returns the webhook's signing secret. */
export async function createChannels(
  bootstrap: Bootstrap,
  targets: { readonly webhookUrl: string; readonly slackToken: string },
): Promise<string> {
  const create = (input: object) =>
    ask<{ channelCreate: { signingSecret: string | null } }>(bootstrap, CREATE_CHANNEL, { input })
  const webhook = await create({ key: 'pager', name: 'Pager', config: { webhook: { url: targets.webhookUrl } } })
  await create({ key: 'mail', name: 'On-call mail', config: { email: { to: ['oncall@shop.example'] } } })
  await create({
    key: 'slack',
    name: '#incidents',
    config: { slack: { token: targets.slackToken, channel: '#incidents' } },
  })
  return webhook.channelCreate.signingSecret ?? ''
}

/** The monitor the story is about, and a second one on a metric. */
export async function createMonitors(bootstrap: Bootstrap): Promise<void> {
  await ask(bootstrap, CREATE_MONITOR, {
    monitor: {
      key: 'checkout-errors',
      name: 'Checkout fails',
      description: 'More than a tenth of the checkouts of the last 20 s failed.',
      rule: {
        errorRatio: {
          bad: { logs: { filter: '{service="checkout", level="error"}' } },
          total: { logs: { filter: '{service="checkout"}' } },
          window: '20s',
          critical: 0.1,
          minimumEvents: 10,
        },
      },
      every: '10s',
      for: '10s',
      labels: [{ name: 'team', value: 'payments' }],
      runbookUrl: 'https://runbooks.shop.example/checkout',
      title: 'Checkout error ratio is {{value}}',
    },
  })
  await ask(bootstrap, CREATE_MONITOR, {
    monitor: {
      key: 'checkout-backlog',
      name: 'Checkout queue grows',
      rule: {
        threshold: {
          measure: { metric: { promql: 'checkout_queue_depth{service="checkout"}' } },
          comparison: 'GT',
          warning: 100,
          critical: 5000,
          recovery: 20,
        },
      },
      every: '10s',
      // Shown, and paged to nobody.
      notify: [],
    },
  })
}

/** A monitor as the story watches it. */
export interface Watched {
  readonly key: string
  readonly state: string
  readonly health: string
}

const WATCH = `{
  monitors { nodes { key state health } }
  incidents(first: 10) { nodes { number title state severity startedAt resolvedAt monitor { key }
    deliveries { nodes { status channel { key } reason } } } }
}`

export interface Sight {
  readonly monitors: { readonly nodes: readonly Watched[] }
  readonly incidents: {
    readonly nodes: readonly {
      readonly number: number
      readonly title: string
      readonly state: string
      readonly severity: string
      readonly startedAt: string
      readonly resolvedAt: string | null
      readonly monitor: { readonly key: string } | null
      readonly deliveries: {
        readonly nodes: readonly { readonly status: string; readonly channel: { readonly key: string } }[]
      }
    }[]
  }
}

/** Monitors and incidents as they stand. */
export function look(bootstrap: Bootstrap): Promise<Sight> {
  return ask<Sight>(bootstrap, WATCH)
}
