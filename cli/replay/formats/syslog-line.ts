import { type Instant, readTimestamp } from '../../../ingest/parse/timestamp.js'

/** One line of syslog, in either of its formats. */
export interface SyslogLine {
  readonly at: Instant
  readonly host: string | null
  readonly program: string | null
  readonly pid: number | null
  /** By the priority in front, where there is one. */
  readonly level: string | null
  readonly facility: number | null
  readonly message: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The number of a month by its English name of three letters, 1 to 12; 0 for any other text. */
export function monthNumber(name: string): number {
  return MONTHS.indexOf(name) + 1
}

/** RFC 3164, section 4: `<34>Oct 11 22:14:15 host program[pid]: text`; the priority is left out in files. */
const BSD = /^(?:<(\d{1,3})>)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\S+) ([^\s:[]+)(?:\[(\d+)\])?: ?(.*)$/

/** RFC 5424, section 6: `<34>1 2003-10-11T22:14:15.003Z host program pid msgid [data] text`. */
const IETF = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (?:\S+) (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(.*)$/

/** Levels of severities 0 to 7 (RFC 5424, table 2). */
const LEVELS = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug']

/** RFC 3164 writes no year; a leap year takes every date, and only the distances count. */
const YEAR = 2024

/** Reads a line; null when it is in neither format. Times without zone are taken as UTC. */
export function readSyslogLine(line: string): SyslogLine | null {
  return readIetf(line) ?? readBsd(line)
}

function readBsd(line: string): SyslogLine | null {
  const match = BSD.exec(line)
  if (match === null) return null
  const [, priority, month = '', day = '', time, host = null, program = null, pid, message = ''] = match
  const at = readTimestamp(`${YEAR}-${two(monthNumber(month))}-${two(Number(day))}T${time}Z`)
  if (at === null) return null
  return { at, host, program, pid: pid === undefined ? null : Number(pid), ...ofPriority(priority), message }
}

function readIetf(line: string): SyslogLine | null {
  const match = IETF.exec(line)
  if (match === null) return null
  const [, priority, time = '', host, program, pid, text = ''] = match
  const at = readTimestamp(time)
  if (at === null) return null
  return {
    at,
    host: known(host),
    program: known(program),
    pid: pid !== undefined && /^\d+$/.test(pid) ? Number(pid) : null,
    ...ofPriority(priority),
    message: text.replace(/^\uFEFF/, ''),
  }
}

function ofPriority(priority: string | undefined): Pick<SyslogLine, 'level' | 'facility'> {
  const value = Number(priority)
  if (priority === undefined || value > 191) return { level: null, facility: null }
  return { level: LEVELS[value % 8] ?? null, facility: Math.floor(value / 8) }
}

/** RFC 5424 writes a dash for what is not known. */
function known(text: string | undefined): string | null {
  return text === undefined || text === '-' ? null : text
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
