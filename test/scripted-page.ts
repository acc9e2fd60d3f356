import type { Page, PageEntry, PageEvent, PageRequest } from '../client/rum/page.js'

/** A browser's window whose events, time and server are the test's. */
export function scriptedPage(href = 'https://shop.test/cart?token=secret#pay') {
  const listeners = new Map<string, Set<(event: PageEvent) => void>>()
  const timers: { readonly run: () => void; readonly ms: number }[] = []
  const requests: { readonly url: string; readonly init: PageRequest }[] = []
  const beacons: { readonly url: string; readonly body: string }[] = []
  const stored = new Map<string, string>()
  const answers: ({ readonly status: number; readonly retryAfter?: string } | Error)[] = []
  let observed: ((list: { getEntries(): readonly PageEntry[] }) => void) | null = null
  let chance = 1
  const location = { href }
  const move = (_state: unknown, _title: string, url?: string | URL | null) => {
    location.href = new URL(String(url), location.href).href
  }
  const history = { pushState: move, replaceState: move }
  const document = { referrer: 'https://search.test/?q=private', visibilityState: 'visible' }
  const page: Page = {
    location,
    document,
    history,
    navigator: {
      userAgent: 'Mozilla/5.0 (test)',
      sendBeacon: (url, body) => {
        beacons.push({ url, body })
        return true
      },
    },
    sessionStorage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
    },
    crypto: { getRandomValues: (bytes) => bytes.fill(chance++) },
    Date: { now: () => 1_767_614_400_000 },
    PerformanceObserver: class {
      constructor(callback: (list: { getEntries(): readonly PageEntry[] }) => void) {
        observed = callback
      }
      observe() {}
      disconnect() {
        observed = null
      }
    },
    async fetch(url, init) {
      requests.push({ url, init })
      const answer = answers.shift() ?? { status: 202 }
      if (answer instanceof Error) throw answer
      return { status: answer.status, headers: { get: () => answer.retryAfter ?? null } }
    },
    setTimeout: (run, ms) => timers.push({ run, ms }),
    addEventListener(type, listener) {
      listeners.set(type, (listeners.get(type) ?? new Set()).add(listener))
    },
    removeEventListener: (type, listener) => void listeners.get(type)?.delete(listener),
  }
  return {
    page,
    document,
    history,
    requests,
    beacons,
    answers,
    stored,
    /** Every timer that waits runs, whatever its time; answers the times. */
    runTimers(): number[] {
      const due = timers.splice(0)
      for (const { run } of due) run()
      return due.map(({ ms }) => ms)
    },
    dispatch(type: string, event: PageEvent = {}) {
      for (const listener of listeners.get(type) ?? []) listener(event)
    },
    load: (...entries: readonly PageEntry[]) => observed?.({ getEntries: () => entries }),
    listening: () => [...listeners].filter(([, all]) => all.size > 0).map(([type]) => type),
    /** Every event that was sent, by whichever way. */
    events: (): Record<string, unknown>[] =>
      [...requests.map(({ init }) => init.body), ...beacons.map(({ body }) => body)].flatMap(
        (body) => (JSON.parse(body) as { events: Record<string, unknown>[] }).events,
      ),
  }
}
