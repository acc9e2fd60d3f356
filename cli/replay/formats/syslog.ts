import type { LogFormat } from '../record.js'
import { readSyslogLine } from './syslog-line.js'

/** Syslog as files hold it, in the form of RFC 3164 or RFC 5424. The program is the service. */
export const syslog: LogFormat = {
  name: 'syslog',
  about: 'RFC 3164 ("Oct 11 22:14:15 host program[pid]: text") and RFC 5424, with or without priority',
  begins: (line) => readSyslogLine(line) !== null,
  read(line, more) {
    const found = readSyslogLine(line)
    if (found === null) return null
    const { at, host, program, pid, level, facility, message } = found
    return {
      at,
      service: program,
      level,
      message: [message, ...more].join('\n'),
      attributes: {
        ...(host === null ? {} : { host }),
        ...(pid === null ? {} : { pid }),
        ...(facility === null ? {} : { facility }),
      },
    }
  },
}
