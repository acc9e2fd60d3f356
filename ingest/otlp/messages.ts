import protobuf from 'protobufjs'
import type { Signal } from '../../schema/domain/signal.js'
import { OTLP_PROTO } from './definitions.js'

const { root } = protobuf.parse(OTLP_PROTO)

/** Signals that OTLP has. */
export type OtlpSignal = Exclude<Signal, 'rum'>

/** The export request of each signal. */
export const REQUESTS: Readonly<Record<OtlpSignal, protobuf.Type>> = {
  logs: root.lookupType('ExportLogsServiceRequest'),
  metrics: root.lookupType('ExportMetricsServiceRequest'),
  spans: root.lookupType('ExportTraceServiceRequest'),
}

/** The list that each signal's request is made of, as JSON names it. */
export const LISTS: Readonly<Record<OtlpSignal, string>> = {
  logs: 'resourceLogs',
  metrics: 'resourceMetrics',
  spans: 'resourceSpans',
}

const STATUS = root.lookupType('RpcStatus')

/** `google.rpc.Status` as protobuf. */
export function encodeStatus(code: number, message: string): Uint8Array {
  return STATUS.encode({ code, message }).finish()
}
