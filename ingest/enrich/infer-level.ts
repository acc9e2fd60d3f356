import type { LogLevel } from '../parse/level.js'
import { knownLevel } from '../parse/level.js'

/** Levels stand near the head of a line. */
const HEAD = 160

/** Severities of syslog (RFC 5424, table 2), 0 to 7. */
const SYSLOG: readonly LogLevel[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug']

const WORDS =
  'TRACE|VERBOSE|DEBUG|INFORMATION|INFO|NOTICE|WARNING|WARN|ERROR|ERR|SEVERE|CRITICAL|CRIT|FATAL|ALERT|EMERGENCY|EMERG|PANIC'
/** `<134>`, as syslog begins. */
const PRIORITY = /^<(\d{1,3})>/
/** `E0521 10:11:12`, as glog and klog begin. */
const GLOG = /^([IWEF])\d{4} \d\d:/
/** `[error]`, `(warn)`, `<info>`, in any case. */
const BRACKETED = new RegExp(`[[(<|]\\s?(${WORDS})\\s?[\\])>|:]`, 'i')
/** `error: …`, `Warning - …` at the very head, in any case. */
const LEADING = new RegExp(`^(${WORDS})(?::| - |\\]| \\|)`, 'i')
/** `ERROR` as a word in capitals. */
const CAPITALS = new RegExp(`(?:^|[\\s\\]|"'=])(${WORDS})(?=$|[\\s[\\]|:,"'-])`)

/**
 * The level that a line tells, null when it tells none: syslog's priority, glog's letter, a level in brackets or at the
 * head, or one in capitals among its first 160 characters. What stands further left wins within each of these.
 */
export function inferLevel(line: string): LogLevel | null {
  const head = line.length > HEAD ? line.slice(0, HEAD) : line
  if (head.charCodeAt(0) === 0x3c) {
    const priority = PRIORITY.exec(head)?.[1]
    if (priority !== undefined && Number(priority) < 192) return SYSLOG[Number(priority) % 8] ?? null
  }
  const letter = GLOG.exec(head)?.[1]
  if (letter !== undefined)
    return letter === 'I' ? 'info' : letter === 'W' ? 'warn' : letter === 'E' ? 'error' : 'fatal'
  const word = (LEADING.exec(head) ?? BRACKETED.exec(head) ?? CAPITALS.exec(head))?.[1]
  return word === undefined ? null : knownLevel(word)
}
