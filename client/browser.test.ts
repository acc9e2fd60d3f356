import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import * as webVitals from 'web-vitals'
import { readNativeRum } from '../ingest/parse/native-rum.js'
import { scriptedPage } from '../test/scripted-page.js'
import { type RumOptions, startRum, type Vital } from './browser.js'

const OPTIONS = { url: 'https://ingest.test', key: 'tk_browser', app: 'shop' }

function start(options: Partial<RumOptions> = {}, href?: string) {
  const scripted = scriptedPage(href)
  return { ...scripted, rum: startRum({ ...OPTIONS, ...options }, scripted.page) }
}

test('a page view, a vital, an error, a resource and a custom event are what the server reads', () => {
  let reportLcp: (metric: Vital) => void = () => {}
  const onLCP = (report: (metric: Vital) => void) => {
    reportLcp = report
  }
  const { rum, dispatch, load, requests, events } = start({
    appVersion: '1.2',
    environment: 'live',
    user: 'u1',
    webVitals: { onLCP },
  })
  const attribution = { target: '#hero', element: { not: 'kept' }, loadTime: 12 }
  reportLcp({ name: 'LCP', value: 2_600, rating: 'needs-improvement', id: 'v5-1', attribution })
  dispatch('error', { error: new TypeError('x is undefined') })
  dispatch('unhandledrejection', { reason: 'timeout' })
  load({ name: 'https://cdn.test/a.js?v=1', duration: 33, initiatorType: 'script' })
  load({ name: 'https://ingest.test/v1/rum?key=tk_browser', duration: 5 })
  rum.event('add to cart', { value: 3, attributes: { sku: 'a1' } })
  rum.flush()

  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    url: 'https://ingest.test/v1/rum?key=tk_browser',
    init: { method: 'POST', headers: { 'content-type': 'text/plain;charset=UTF-8' }, credentials: 'omit' },
  })
  const { items } = readNativeRum(JSON.parse(requests[0]?.init.body ?? ''), null)
  expect(items).toHaveLength(6)
  expect(events()).toMatchObject([
    { type: 'view', page: '/cart', url: 'https://shop.test/cart', referrer: 'https://search.test/' },
    { type: 'vital', name: 'LCP', value: 2_600, attribution: { target: '#hero', loadTime: 12 } },
    { type: 'error', error: { type: 'TypeError', message: 'x is undefined', stack: expect.stringContaining('at ') } },
    { type: 'error', error: { message: 'timeout' }, attributes: { unhandledRejection: true } },
    { type: 'resource', name: 'https://cdn.test/a.js', value: 33 },
    { type: 'custom', name: 'add to cart', value: 3, attributes: { sku: 'a1' } },
  ])
  for (const event of events())
    expect(event).toMatchObject({ app: 'shop', appVersion: '1.2', environment: 'live', user: 'u1', page: '/cart' })
  expect(requests[0]?.init.body).not.toMatch(/secret|private|v=1/)
})

test('the functions of web-vitals fit', () => {
  const fits: RumOptions = { ...OPTIONS, webVitals }
  expect(Object.keys(fits.webVitals ?? {})).toEqual(
    expect.arrayContaining(['onLCP', 'onINP', 'onCLS', 'onTTFB', 'onFCP']),
  )
})

test('a new address is a new view, however it came', () => {
  const { rum, history, dispatch, page, events } = start({ pageName: ({ pathname }) => pathname.replace(/\d+/, ':id') })
  history.pushState(null, '', '/orders/7?tab=2')
  history.replaceState(null, '', '/orders/7?tab=3')
  Object.assign(page.location, { href: 'https://shop.test/back' })
  dispatch('popstate')
  rum.flush()
  expect(events().map(({ page }) => page)).toEqual(['/cart', '/orders/:id', '/back'])
  expect(new Set(events().map(({ view }) => view)).size).toBe(3)
  expect(new Set(events().map(({ session }) => session)).size).toBe(1)
})

test('what waits leaves as a beacon when the page is hidden', () => {
  const { document, dispatch, beacons, requests } = start()
  document.visibilityState = 'hidden'
  dispatch('visibilitychange')
  expect(requests).toEqual([])
  expect(beacons).toHaveLength(1)
  expect(beacons[0]?.url).toBe('https://ingest.test/v1/rum?key=tk_browser')
})

test('bodies stay within what a browser queues', () => {
  const { rum, requests } = start()
  for (let i = 0; i < 90; i++) rum.event('big', { attributes: { text: 'ü'.repeat(900) } })
  rum.flush()
  expect(requests.length).toBeGreaterThan(2)
  for (const { init } of requests) expect(Buffer.byteLength(init.body)).toBeLessThan(64 * 1024)
})

test('a loop of errors is cut short', () => {
  const { dispatch, rum, events } = start()
  for (let i = 0; i < 1_000; i++) dispatch('error', { message: 'again' })
  rum.flush()
  expect(events().filter(({ type }) => type === 'error')).toHaveLength(50)
})

test('a session that is not sampled sends nothing; all pages of one agree', () => {
  const none = start({ sampleRate: 0 })
  none.rum.event('x')
  none.rum.flush()
  expect(none.events()).toEqual([])
  expect(none.stored.size).toBe(1)
})

test('429 and 503 are repeated after what was asked; a lost request is not', async () => {
  const { rum, answers, requests, runTimers } = start()
  answers.push({ status: 503, retryAfter: '7' }, { status: 202 }, new TypeError('Failed to fetch'))
  rum.flush()
  await new Promise(setImmediate)
  expect(runTimers()).toContain(7_000)
  await new Promise(setImmediate)
  expect(requests).toHaveLength(2)
  expect(requests[1]?.init.body).toBe(requests[0]?.init.body)
  rum.event('lost')
  rum.flush()
  await new Promise(setImmediate)
  runTimers()
  expect(requests).toHaveLength(3)
  expect(rum.stats()).toEqual({ sent: 1, dropped: 1, waiting: 0 })
})

test('stop sends what waits and leaves the page as it was', () => {
  const scripted = scriptedPage()
  const { pushState } = scripted.history
  const rum = startRum(OPTIONS, scripted.page)
  expect(scripted.history.pushState).not.toBe(pushState)
  rum.stop()
  rum.event('late')
  expect(scripted.history.pushState).toBe(pushState)
  expect(scripted.listening()).toEqual([])
  expect(scripted.events().map(({ type }) => type)).toEqual(['view'])
})

test('storage that is forbidden costs the session, not the page', () => {
  const { page } = scriptedPage()
  const forbidden = Object.defineProperty({ ...page }, 'sessionStorage', {
    get() {
      throw new Error('SecurityError')
    },
  })
  expect(() => startRum(OPTIONS, forbidden).stop()).not.toThrow()
})

test('nothing of Node is in the browser’s part', () => {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toMatch(/\b(process|Buffer|require)\b[.(]/)
    for (const [, name = ''] of text.matchAll(/^(?:import|export|\}).* from '([^']+)'/gm)) {
      expect(name).toMatch(/^\.\//)
      visit(join(dirname(file), name.replace(/\.js$/, '.ts')))
    }
  }
  visit(join(import.meta.dirname, 'browser.ts'))
  expect(seen.size).toBe(5)
})
