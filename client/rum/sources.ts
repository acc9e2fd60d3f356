import { errorEvent, nameOf, plain, type RumEvent } from './event.js'
import { bareUrl, type Page, type PageEvent } from './page.js'

/** Takes events in; what a source makes is sent from here on. */
export type Report = (event: RumEvent) => void
/** Undoes what a source changed. */
export type Stop = () => void

/** A metric as `web-vitals` reports it. */
export interface Vital {
  readonly name: string
  readonly value: number
  readonly rating?: string
  readonly id?: string
  readonly navigationType?: string
  /** Of the package's `attribution` build. */
  readonly attribution?: object
}

/** Functions of the package `web-vitals`, or of another that has them. */
export interface WebVitals {
  readonly onLCP?: Subscribe
  readonly onINP?: Subscribe
  readonly onCLS?: Subscribe
  readonly onTTFB?: Subscribe
  readonly onFCP?: Subscribe
  readonly onFID?: Subscribe
}
export type Subscribe = (report: (metric: Vital) => void) => void

const SUBSCRIPTIONS = ['onLCP', 'onINP', 'onCLS', 'onTTFB', 'onFCP', 'onFID'] as const

/** There is no way to unsubscribe from these: after a stop, reports go nowhere. */
export function reportVitals(vitals: WebVitals, report: Report): void {
  for (const name of SUBSCRIPTIONS)
    vitals[name]?.(({ name, value, rating, id, navigationType, attribution }) =>
      report({
        type: 'vital',
        name,
        value,
        ...(rating === undefined ? {} : { rating }),
        ...(attribution === undefined ? {} : { attribution: plain(attribution) }),
        attributes: plain({ id, navigationType }),
      }),
    )
}

export function reportErrors(page: Page, report: Report): Stop {
  const onError = ({ error, message }: PageEvent) => report(errorEvent(error, message))
  const onRejection = ({ reason }: PageEvent) =>
    report(errorEvent(reason, 'a promise was rejected', { unhandledRejection: true }))
  page.addEventListener('error', onError)
  page.addEventListener('unhandledrejection', onRejection)
  return () => {
    page.removeEventListener('error', onError)
    page.removeEventListener('unhandledrejection', onRejection)
  }
}

/** Hears when the address changes, by the page's own routing or by the browser's buttons. */
export function watchViews(page: Page, changed: () => void): Stop {
  const { history } = page
  const { pushState, replaceState } = history
  let current = bareUrl(page.location.href)
  const look = () => {
    const now = bareUrl(page.location.href)
    if (now === current) return
    current = now
    changed()
  }
  const looking =
    (change: Page['history']['pushState']): Page['history']['pushState'] =>
    (...state) => {
      change.apply(history, state)
      look()
    }
  Object.assign(history, { pushState: looking(pushState), replaceState: looking(replaceState) })
  page.addEventListener('popstate', look)
  return () => {
    Object.assign(history, { pushState, replaceState })
    page.removeEventListener('popstate', look)
  }
}

/** @param own Address of the server: its requests are not the page's. */
export function reportResources(page: Page, own: string, slowerThanMs: number, report: Report): Stop {
  if (page.PerformanceObserver === undefined) return () => undefined
  const observer = new page.PerformanceObserver((list) => {
    for (const { name, duration, initiatorType, transferSize, responseStatus } of list.getEntries())
      if (!name.startsWith(own) && duration >= slowerThanMs)
        report({
          type: 'resource',
          name: nameOf(bareUrl(name)),
          value: duration,
          attributes: plain({ initiatorType, transferSize, responseStatus }),
        })
  })
  observer.observe({ type: 'resource', buffered: true })
  return () => observer.disconnect()
}
