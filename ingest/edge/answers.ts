import type { FastifyReply } from 'fastify'
import { encodeStatus } from '../otlp/messages.js'
import type { Accepted, Passage } from './passage.js'
import { isRemoteWrite, type WireForm } from './protocol.js'
import type { Refusal } from './refusals.js'

const PROTOBUF = 'application/x-protobuf'

/** Codes of google.rpc.Status by HTTP status (google/rpc/code.proto); what is not listed is UNKNOWN. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  413: 8,
  415: 3,
  422: 9,
  429: 8,
  500: 13,
  503: 14,
}

/** Answers an accepted batch as its protocol wants it. OTLP's success leaves `partial_success` unset. */
export function sendAccepted(
  reply: FastifyReply,
  form: WireForm,
  { accepted, batchId, replayed }: Accepted,
  rejected: Passage['rejected'],
) {
  if (replayed) reply.header('idempotent-replay', 'true')
  if (form === 'otlp-json') return reply.code(200).send({})
  if (form === 'otlp-protobuf') return reply.code(200).type(PROTOBUF).send(Buffer.alloc(0))
  if (!isRemoteWrite(form)) {
    const left = rejected === null ? {} : { rejected: rejected.items, errors: rejected.errors }
    return reply.code(202).send({ accepted, batchId, ...left })
  }
  if (form === 'remote-write-2') tellWritten(reply, accepted)
  return reply.code(204).send()
}

/**
 * Answers a refused batch: `google.rpc.Status` for OTLP, in the content type of the request, plain text for remote
 * write, else our own form. JSON of which it is not known yet what it is gets ours with OTLP's fields beside it.
 */
export function sendRefusal(reply: FastifyReply, form: WireForm | null, refusal: Refusal, isOtlpPath: boolean) {
  const { status, message } = refusal
  const code = RPC_CODES[status] ?? 2
  reply.code(status)
  if (form === 'otlp-protobuf') return reply.type(PROTOBUF).send(Buffer.from(encodeStatus(code, message)))
  if (form === 'otlp-json') return reply.send({ code, message })
  if (isRemoteWrite(form)) {
    if (form === 'remote-write-2') tellWritten(reply, 0)
    return reply.type('text/plain; charset=utf-8').send(`${message}\n`)
  }
  return reply.send(isOtlpPath && form === 'json' ? { ...refusal.answer(), code, message } : refusal.answer())
}

/** Headers that remote write 2.0 asks of every answer. Duplicates count as written; exemplars are not stored. */
function tellWritten(reply: FastifyReply, samples: number): void {
  reply.headers({
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': '0',
    'x-prometheus-remote-write-exemplars-written': '0',
  })
}
