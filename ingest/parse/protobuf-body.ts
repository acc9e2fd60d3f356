import protobuf from 'protobufjs'
import { InvalidBatchError, TooManyValuesError } from './issues.js'

/** Bodies below this are not counted: what they hold fits. */
const COUNTED_BYTES = 256 * 1024
/** Levels of messages in messages. */
const MAX_DEPTH = 64

/**
 * Decodes a protobuf message; unknown fields are left out.
 *
 * Counts its fields first where there may be very many: 20 MiB hold ten million empty messages, of which each would be an
 * object.
 *
 * @throws InvalidBatchError when it is not of the type, TooManyValuesError when it has more fields than the limit.
 */
export function decodeProtobuf(type: protobuf.Type, body: Uint8Array, limit: number): protobuf.Message {
  try {
    if (body.byteLength > COUNTED_BYTES) {
      const left = { fields: limit }
      countFields(protobuf.Reader.create(body), type, body.byteLength, 0, left)
      if (left.fields < 0) throw new TooManyValuesError(limit)
    }
    const reader = protobuf.Reader.create(body)
    reader.discardUnknown = true
    return type.decode(reader)
  } catch (error) {
    if (error instanceof InvalidBatchError) throw error
    throw new InvalidBatchError([
      { path: '', message: `The body is not a protobuf message of the type ${type.name}, or nested too deep.` },
    ])
  }
}

function countFields(
  reader: protobuf.Reader,
  type: protobuf.Type,
  end: number,
  depth: number,
  left: { fields: number },
): void {
  if (depth > MAX_DEPTH) throw new RangeError('too deep')
  while (reader.pos < end && left.fields >= 0) {
    const tag = reader.uint32()
    const wire = tag & 7
    const field = type.fieldsById[tag >>> 3]
    left.fields--
    if (wire !== 2 || field === undefined) {
      reader.skipType(wire)
      continue
    }
    const length = reader.uint32()
    const until = reader.pos + length
    if (until > end) throw new RangeError('truncated')
    const inner = field.resolve().resolvedType
    if (inner instanceof protobuf.Type) countFields(reader, inner, until, depth + 1, left)
    // Numbers packed together: a byte each at the least.
    else if (field.repeated && field.type !== 'string' && field.type !== 'bytes')
      left.fields -= field.type === 'double' || field.type === 'fixed64' ? length >> 3 : length
    reader.pos = until
  }
}
