import { type FetchFunction, LogLevel, WebClient } from '@slack/web-api'
import type { SendResult } from '../channel.js'
import { PostFault, post } from './http-post.js'
import { faultResult, refusedAnswer } from './http-result.js'

const TIMEOUT_MS = 15_000

/** Slack's own passing faults; any other error of the platform will be the same next time. */
const PASSING: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
])

/** Slack's Web API for one token, without retries of its own: when to repeat is ours to say. */
export function slackClient(token: string, apiUrl: string, timeoutMs: number = TIMEOUT_MS): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // Its logger would print bodies.
    logLevel: LogLevel.ERROR,
    logger: SILENT,
    fetch: fetchBy(timeoutMs),
  })
}

/** What a failed call to the Web API means for a delivery. Rethrows what is no answer or fault of it. */
export function slackFault(error: unknown, now: number): SendResult {
  const fault = error as { code?: string; original?: unknown; retryAfter?: number; data?: { error?: string } }
  switch (fault.code) {
    case 'slack_webapi_request_error':
      return faultResult(fault.original)
    case 'slack_webapi_rate_limited_error': {
      const afterMs = (fault.retryAfter ?? 0) * 1_000
      return { outcome: 'retry', afterMs, mayHaveHeard: false, detail: 'Slack answered 429, too many requests' }
    }
    case 'slack_webapi_http_error': {
      const { statusCode, headers } = error as { statusCode: number; headers: Record<string, string> }
      const result = refusedAnswer({ status: statusCode, headers, text: '' }, now)
      return result.outcome === 'final' ? { ...result, disableChannel: null } : result
    }
    case 'slack_webapi_platform_error': {
      const name = slackErrorName(error) ?? 'an unnamed error'
      const detail = `Slack answered ${name}`
      return PASSING.has(name)
        ? { outcome: 'retry', afterMs: null, mayHaveHeard: name !== 'ratelimited' && name !== 'rate_limited', detail }
        : { outcome: 'final', detail, disableChannel: null }
    }
    default:
      throw error
  }
}

/** The name of a platform error, such as `channel_not_found`, or null when the error is another. */
export function slackErrorName(error: unknown): string | null {
  const name = (error as { data?: { error?: unknown } }).data?.error
  return typeof name === 'string' && /^[a-z_0-9]{1,80}$/.test(name) ? name : null
}

/** A `fetch` that tells whether a request that failed may have arrived. */
function fetchBy(timeoutMs: number): FetchFunction {
  return async (url, init) => {
    const target = new URL(url)
    const body = init?.body
    if (typeof body !== 'string') throw new PostFault('Slack’s client sent a form where text was expected', false, true)
    const answer = await post({ url: target, headers: init?.headers ?? {}, body, timeoutMs, egress: null })
    const headers = new Map(Object.entries(answer.headers))
    return {
      ok: answer.status >= 200 && answer.status < 300,
      status: answer.status,
      statusText: '',
      url: target.href,
      headers: { get: (name) => headers.get(name.toLowerCase()) ?? null, entries: () => headers.entries() },
      arrayBuffer: async () => new TextEncoder().encode(answer.text).buffer,
      json: async () => JSON.parse(answer.text),
      text: async () => answer.text,
    }
  }
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}
