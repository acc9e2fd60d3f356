import { readTimestamp } from '../../../ingest/parse/timestamp.js'
import type { LogFormat, ReplayRecord } from '../record.js'

/**
 * A line of OpenStack's services as oslo.log writes it by default
 * (https://docs.openstack.org/oslo.log/latest/configuration/): time, process, level, logger, context in brackets, text.
 * In front may stand the name of the file it was collected from.
 */
const LINE =
  /^(?:(\S+?)\.log\S* )?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (\d+) ([A-Z]+) (\S+) \[(?:(req-[0-9a-f-]+)([^\]]*)|-)\] ?(.*)$/

/** Text of the WSGI servers: client addresses, request line, status, length, seconds. */
const ACCESS = /^(\S+) "([A-Z]+) (\S+) HTTP\/[\d.]+" status: (\d+) len: (\d+) time: ([\d.]+)/
const INSTANCE = /\[instance: ([0-9a-f-]{36})\] ?/

/** OpenStack. Times without zone are taken as UTC. */
export const openstack: LogFormat = {
  name: 'openstack',
  about: 'logs of OpenStack services: "[file] date time pid LEVEL logger [req-… user tenant …] text"',
  begins: (line) => LINE.test(line),
  read(line, more) {
    const match = LINE.exec(line)
    if (match === null) return null
    const [, file, date, time, pid, level, logger = '', requestId, context = '', first = ''] = match
    const at = readTimestamp(`${date}T${time}Z`)
    if (at === null) return null
    const [user, tenant] = context.trim().split(' ')
    const attributes: ReplayRecord['attributes'] = {
      logger,
      pid: Number(pid),
      ...named('request_id', requestId),
      ...named('user_id', user),
      ...named('tenant_id', tenant),
      ...named('instance', INSTANCE.exec(first)?.[1]),
      ...accessFields(first),
    }
    return {
      at,
      service: file ?? serviceOf(logger),
      level: level ?? null,
      message: [first.replace(INSTANCE, ''), ...more].join('\n'),
      attributes,
    }
  },
}

/** A field that may be missing, or a dash as oslo.log writes what it does not know. */
function named(name: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' || value === '-' ? {} : { [name]: value }
}

/** Fields of an access line. `time` is in seconds, `len` in bytes; of several addresses the first is the client's. */
function accessFields(text: string): Record<string, string | number> {
  const match = ACCESS.exec(text)
  if (match === null) return {}
  const [, addresses = '', method = '', path = '', status, length, seconds] = match
  return {
    ip: addresses.split(',')[0] ?? '',
    method,
    path,
    status: Number(status),
    len: Number(length),
    time: Number(seconds),
  }
}

/** `nova-compute` of `nova.compute.manager`. */
function serviceOf(logger: string): string {
  return logger.split('.').slice(0, 2).join('-')
}
