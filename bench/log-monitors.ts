import type { Bootstrap } from '../cli/bootstrap.js'
import { ask } from '../cli/demo/control.js'

const CREATE = `mutation Monitor($monitor: MonitorInput!) {
  monitorCreate(input: { monitor: $monitor }) { monitor { id } userErrors { message path } }
}`

const SERVICES = ['checkout', 'cart', 'payment', 'catalogue', 'search', 'gateway', 'identity', 'shipping']

/** Monitors of the error ratio of the sample's services, judged every 10 s over windows of a minute up; none notifies. */
export async function createLogMonitors(bootstrap: Bootstrap, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const service = SERVICES[i % SERVICES.length]
    const minutes = 1 + Math.floor(i / SERVICES.length)
    const ratio = {
      bad: { logs: { filter: `{service="${service}", level="error"}` } },
      total: { logs: { filter: `{service="${service}"}` } },
      window: `${minutes}m`,
      critical: 0.5,
    }
    const monitor = {
      key: `bench-${i}`,
      name: `Errors of ${service} over ${minutes} minutes`,
      rule: { errorRatio: ratio },
      every: '10s',
      notify: [],
    }
    await ask(bootstrap, CREATE, { monitor })
  }
}
