import { jsonl } from './formats/jsonl.js'
import { openstack } from './formats/openstack.js'
import type { LogFormat } from './record.js'

/** Formats by the name that --format takes. */
export const FORMATS: ReadonlyMap<string, LogFormat> = new Map(
  [openstack, jsonl].map((format) => [format.name, format] as const),
)
