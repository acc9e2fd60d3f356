/** As much of a browser's window as is used here; tests hand in their own. */
export interface Page {
  readonly location: { readonly href: string }
  readonly document: { readonly referrer: string; readonly visibilityState: string }
  readonly navigator: { readonly userAgent: string; sendBeacon?(url: string, body: string): boolean }
  readonly history: History
  /** Reading it throws where storage is forbidden. */
  readonly sessionStorage: { getItem(name: string): string | null; setItem(name: string, value: string): void }
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> }
  readonly Date: { now(): number }
  readonly PerformanceObserver?: new (
    observed: (list: { getEntries(): readonly PageEntry[] }) => void,
  ) => { observe(options: { readonly type: string; readonly buffered: boolean }): void; disconnect(): void }
  fetch(url: string, init: PageRequest): Promise<{ readonly status: number; readonly headers: PageHeaders }>
  setTimeout(run: () => void, ms: number): unknown
  addEventListener(type: string, listener: (event: PageEvent) => void): void
  removeEventListener(type: string, listener: (event: PageEvent) => void): void
}

export interface PageRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly keepalive: boolean
  readonly credentials: 'omit'
}
export interface PageHeaders {
  get(name: string): string | null
}
export interface History {
  pushState: (...state: [unknown, string, (string | URL | null)?]) => void
  replaceState: (...state: [unknown, string, (string | URL | null)?]) => void
}

/** Of an ErrorEvent or a PromiseRejectionEvent. */
export interface PageEvent {
  readonly error?: unknown
  readonly message?: string
  readonly reason?: unknown
}

/** Of a PerformanceResourceTiming. */
export interface PageEntry {
  readonly name: string
  readonly duration: number
  readonly initiatorType?: string
  readonly transferSize?: number
  readonly responseStatus?: number
}

/** 32 hex digits of chance. `crypto.randomUUID` is missing on pages without TLS. */
export function randomId(page: Page): string {
  const bytes = page.crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** An address without its query and fragment, which carry what nobody meant to send. */
export function bareUrl(url: string): string {
  return url.replace(/[?#].*$/s, '')
}

const SESSION = 'tocsin.session'

/** The id of the tab's session; where storage is forbidden, one that ends with the page. */
export function sessionId(page: Page): string {
  try {
    const known = page.sessionStorage.getItem(SESSION)
    if (known !== null) return known
    const made = randomId(page)
    page.sessionStorage.setItem(SESSION, made)
    return made
  } catch {
    // Storage is forbidden or full: the visitor's setting, not a fault.
    return randomId(page)
  }
}
