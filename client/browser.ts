/**
 * Real user monitoring for pages: web vitals, page views, errors and resource timings, sent with a BROWSER key. Imports
 * nothing; `web-vitals` is handed in.
 */
import { errorEvent, nameOf, plain, type RumEvent } from './rum/event.js'
import { createOutbox } from './rum/outbox.js'
import { bareUrl, type Page, randomId, sessionId } from './rum/page.js'
import { reportErrors, reportResources, reportVitals, type Stop, type WebVitals, watchViews } from './rum/sources.js'

export type { Page } from './rum/page.js'
export type { Vital, WebVitals } from './rum/sources.js'

export interface RumOptions {
  /** Of the ingest edge. */
  readonly url: string
  /** Public id of a BROWSER key that allows this page's origin. */
  readonly key: string
  readonly app: string
  readonly appVersion?: string
  readonly environment?: string
  /** An id, not a name or an address. */
  readonly user?: string
  /** Functions of the package `web-vitals`: `import * as webVitals from 'web-vitals'`. */
  readonly webVitals?: WebVitals
  /** Share of sessions that report, 0 to 1; 1 where left out. */
  readonly sampleRate?: number
  /** Resources slower than this are reported, ms; null reports none. 0 where left out. */
  readonly resourcesSlowerThanMs?: number | null
  /** Names a page as dashboards group it, such as `/orders/:id`; the path where left out. */
  readonly pageName?: (url: URL) => string
}

/** What a page can do beside what happens by itself. Nothing here throws. */
export interface Rum {
  /** A custom event, counted by its name. */
  event(name: string, more?: { readonly value?: number; readonly attributes?: object }): void
  /** An error that the page caught itself. */
  error(thrown: unknown, attributes?: object): void
  setUser(user: string | undefined): void
  flush(): void
  stats(): { readonly sent: number; readonly dropped: number; readonly waiting: number }
  /** Sends what waits and undoes every change to the page. */
  stop(): void
}

/** Bounds of one view, so that a loop of errors or a page of a thousand images costs neither side much. */
const ERRORS_A_VIEW = 50
const RESOURCES_A_VIEW = 200

/** @param page The window of the browser. */
export function startRum(options: RumOptions, page: Page = globalThis as unknown as Page): Rum {
  const outbox = createOutbox(page, options.url, options.key)
  const session = sessionId(page)
  // By the session's id and not by chance, so that all pages of a session agree.
  const isSampled = Number.parseInt(session.slice(0, 8), 16) / 2 ** 32 < (options.sampleRate ?? 1)
  const pageName = options.pageName ?? (({ pathname }: URL) => pathname)
  let user = options.user
  let view = newView()
  let isStopped = false

  function newView() {
    const url = bareUrl(page.location.href)
    return { id: randomId(page), url, page: nameOf(pageName(new URL(page.location.href))), errors: 0, resources: 0 }
  }

  function report(event: RumEvent): void {
    if (isStopped || !isSampled) return
    if (event.type === 'error' && ++view.errors > ERRORS_A_VIEW) return
    if (event.type === 'resource' && ++view.resources > RESOURCES_A_VIEW) return
    const { app, appVersion, environment } = options
    outbox.add({
      ...event,
      timestamp: page.Date.now(),
      ...{ app, appVersion, environment, session, user },
      ...{ view: view.id, page: view.page, url: view.url.slice(0, 1_000) },
      userAgent: page.navigator.userAgent.slice(0, 1_000),
      ...(event.type === 'view' ? { referrer: bareUrl(page.document.referrer).slice(0, 1_000) } : {}),
    })
  }

  const onLeave = () => {
    if (page.document.visibilityState === 'hidden') outbox.flush(true)
  }
  const onPageHide = () => outbox.flush(true)
  report({ type: 'view' })
  const stops: Stop[] = [
    reportErrors(page, report),
    watchViews(page, () => {
      view = newView()
      report({ type: 'view' })
    }),
  ]
  const slowerThanMs = options.resourcesSlowerThanMs === undefined ? 0 : options.resourcesSlowerThanMs
  if (slowerThanMs !== null) stops.push(reportResources(page, options.url, slowerThanMs, report))
  if (options.webVitals !== undefined) reportVitals(options.webVitals, report)
  // At the window, which the event reaches after the document: by then the last vitals are in.
  page.addEventListener('visibilitychange', onLeave)
  page.addEventListener('pagehide', onPageHide)

  return {
    event: (name, { value, attributes = {} } = {}) =>
      report({
        type: 'custom',
        name: nameOf(String(name)),
        ...(Number.isFinite(value) ? { value: Number(value) } : {}),
        attributes: plain(attributes),
      }),
    error: (thrown, attributes) => report(errorEvent(thrown, undefined, attributes)),
    setUser(next) {
      user = next
    },
    flush: () => outbox.flush(),
    stats: () => outbox.stats(),
    stop() {
      if (isStopped) return
      isStopped = true
      for (const stop of stops) stop()
      page.removeEventListener('visibilitychange', onLeave)
      page.removeEventListener('pagehide', onPageHide)
      outbox.stop()
    },
  }
}
