import { readTimestamp } from '../../../ingest/parse/timestamp.js'
import type { LogFormat } from '../record.js'

/**
 * ZooKeeper's log by the pattern that it ships (conf/logback.xml: date, identity, level, thread, class and line, text):
 * `2015-07-29 17:41:44,747 - INFO  [thread:Class@774] - text`.
 */
const LINE =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) (?:\[[^\]]*\] )?- ([A-Z]+) +\[(.*?)(?::([\w$.]+))?@(\d+)\] - ?(.*)$/

/** ZooKeeper. Times are taken as UTC. */
export const zookeeper: LogFormat = {
  name: 'zookeeper',
  about: 'ZooKeeper: "date time,ms - LEVEL [thread:Class@line] - text"',
  begins: (line) => LINE.test(line),
  read(line, more) {
    const match = LINE.exec(line)
    if (match === null) return null
    const [, date, time, ms, level = '', thread = '', logger, at, text = ''] = match
    const instant = readTimestamp(`${date}T${time}.${ms}Z`)
    if (instant === null) return null
    return {
      at: instant,
      service: 'zookeeper',
      level,
      message: [text, ...more].join('\n'),
      attributes: { thread, ...(logger === undefined ? {} : { logger }), line: Number(at) },
    }
  },
}
