import { apache } from './formats/apache.js'
import { combined } from './formats/combined.js'
import { jsonl } from './formats/jsonl.js'
import { openssh } from './formats/openssh.js'
import { openstack } from './formats/openstack.js'
import { syslog } from './formats/syslog.js'
import { zookeeper } from './formats/zookeeper.js'
import type { LogFormat } from './record.js'

/** Formats by the name that --format takes. */
export const FORMATS: ReadonlyMap<string, LogFormat> = new Map(
  [jsonl, syslog, apache, combined, openssh, openstack, zookeeper].map((format) => [format.name, format] as const),
)
