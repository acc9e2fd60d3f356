import type { LogFormat } from '../record.js'
import { readSyslogLine } from './syslog-line.js'

/** What sshd says about a connection: user, address and port, however the sentence is built. */
const USER = /\b(?:user|for)(?: invalid user)? (?!invalid\b)(\S+) (?:from|by|\[preauth\]|$)|\buser=(\S+)/
const ADDRESS = /\b(?:from|by|rhost=) ?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:]+)\b/
const PORT = /\bport (\d{1,5})\b/

/** Sentences that tell of an attempt that did not succeed, and of faults. */
const WARNS = /\b(?:Failed|Invalid user|authentication failure|BREAK-IN|Too many|maximum authentication|ignoring bad)\b/
const ERRS = /^(?:error|fatal): /

/** The log of sshd as syslog writes it. */
export const openssh: LogFormat = {
  name: 'openssh',
  about: 'sshd through syslog: "Dec 10 06:55:46 host sshd[pid]: text", with user, ip and port',
  begins: (line) => readSyslogLine(line) !== null,
  read(line, more) {
    const found = readSyslogLine(line)
    if (found === null) return null
    const { at, host, program, pid, message } = found
    const user = USER.exec(message)
    const ip = ADDRESS.exec(message)?.[1]
    const port = PORT.exec(message)?.[1]
    return {
      at,
      service: program,
      level: found.level ?? (ERRS.test(message) ? 'error' : WARNS.test(message) ? 'warn' : 'info'),
      message: [message, ...more].join('\n'),
      attributes: {
        ...(host === null ? {} : { host }),
        ...(pid === null ? {} : { pid }),
        ...(user === null ? {} : { user: user[1] ?? user[2] }),
        ...(ip === undefined ? {} : { ip }),
        ...(port === undefined ? {} : { port: Number(port) }),
      },
    }
  },
}
