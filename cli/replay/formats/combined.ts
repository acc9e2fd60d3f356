import { readTimestamp } from '../../../ingest/parse/timestamp.js'
import type { LogFormat } from '../record.js'
import { monthNumber } from './syslog-line.js'

/**
 * Access logs in the common and the combined format of web servers
 * (https://httpd.apache.org/docs/2.4/logs.html#accesslog). Quotes inside a field are escaped by a backslash.
 */
const LINE =
  /^(\S+) (\S+) (\S+) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/

/** Access logs; the level follows from the status: 5xx error, 4xx warn. */
export const combined: LogFormat = {
  name: 'combined',
  about:
    'access logs of web servers, common or combined: \'ip - user [time] "request" status bytes "referer" "agent"\'',
  begins: (line) => LINE.test(line),
  read(line, more) {
    const match = LINE.exec(line)
    if (match === null) return null
    const [
      ,
      ip,
      ,
      user = '-',
      day,
      month = '',
      year,
      time,
      hours,
      minutes,
      request = '',
      status,
      bytes,
      referer,
      agent,
    ] = match
    const date = `${year}-${String(monthNumber(month)).padStart(2, '0')}-${day}`
    const at = readTimestamp(`${date}T${time}${hours}:${minutes}`)
    if (at === null) return null
    const code = Number(status)
    return {
      at,
      service: 'web',
      level: code >= 500 ? 'error' : code >= 400 ? 'warn' : 'info',
      message: [line, ...more].join('\n'),
      attributes: {
        ip,
        ...given('user', user),
        ...requestFields(request),
        status: code,
        ...(bytes === '-' ? {} : { bytes: Number(bytes) }),
        ...given('referer', referer),
        ...given('user_agent', agent),
      },
    }
  },
}

/** `GET /path HTTP/1.1`; anything else a client sent is kept as it is. */
function requestFields(request: string): Record<string, string> {
  const match = /^([A-Z]+) (\S+)(?: HTTP\/([\d.]+))?$/.exec(request)
  if (match === null) return { request }
  const [, method = '', path = '', version] = match
  return { method, path, ...(version === undefined ? {} : { http_version: version }) }
}

function given(name: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' || value === '-' ? {} : { [name]: value }
}
