import { readTimestamp } from '../../../ingest/parse/timestamp.js'
import type { LogFormat } from '../record.js'
import { monthNumber } from './syslog-line.js'

/**
 * The error log of Apache httpd, 2.2 and 2.4 (https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat): time,
 * module and level, process and thread, client, text.
 */
const LINE =
  /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d+)?) (\d{4})\] \[(?:([a-z_0-9-]*):)?([a-z0-9]+)\](?: \[pid (\d+)(?::tid (\d+))?\])?(?: \[client ([^\]]+)\])? ?(.*)$/

/** Apache's levels (https://httpd.apache.org/docs/2.4/mod/core.html#loglevel) that the field calls otherwise. */
const LEVELS: Readonly<Record<string, string>> = {
  emerg: 'fatal',
  alert: 'fatal',
  crit: 'fatal',
  notice: 'info',
}

/** Apache's error log. Times are taken as UTC. */
export const apache: LogFormat = {
  name: 'apache',
  about: 'error log of Apache httpd: "[day month date time year] [module:level] [pid …] [client …] text"',
  begins: (line) => LINE.test(line),
  read(line, more) {
    const match = LINE.exec(line)
    if (match === null) return null
    const [, month = '', day = '', time, year, module, level = '', pid, tid, client, text = ''] = match
    const date = `${year}-${String(monthNumber(month)).padStart(2, '0')}-${day.padStart(2, '0')}`
    const at = readTimestamp(`${date}T${time}Z`)
    if (at === null) return null
    return {
      at,
      service: 'apache',
      level: LEVELS[level] ?? level.replace(/^trace\d$/, 'trace'),
      message: [text, ...more].join('\n'),
      attributes: {
        ...(module ? { module } : {}),
        ...(pid === undefined ? {} : { pid: Number(pid) }),
        ...(tid === undefined ? {} : { tid }),
        ...(client === undefined ? {} : { client }),
      },
    }
  },
}
