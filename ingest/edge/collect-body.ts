import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusals.js'

/**
 * Reads a request's body. Refuses it as soon as it is known to be too large, from its declared length or from what
 * arrived, and when it has not arrived in time; what is then left of it is not read here (see drain.ts).
 *
 * @param take Called before bytes are held, with their number; what it throws ends the reading.
 * @throws Refusal BODY_TOO_LARGE, BODY_TIMEOUT, BODY_INCOMPLETE.
 */
export function collectBody(
  request: IncomingMessage,
  options: { readonly maxBytes: number; readonly timeoutMs: number; readonly take: (bytes: number) => void },
): Promise<Uint8Array> {
  const { maxBytes, timeoutMs, take } = options
  // Node has checked that it is a number, that it stands once, and that the body has this length.
  const declared = request.headers['content-length'] === undefined ? null : Number(request.headers['content-length'])
  if (declared !== null && declared > maxBytes) throw tooLarge(maxBytes)
  return new Promise((resolve, reject) => {
    // By what arrived, not by what is declared: who declares 20 MiB and sends nothing shall cost nothing.
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer) => {
      length += chunk.length
      try {
        if (length > maxBytes) throw tooLarge(maxBytes)
        take(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        leave()
        reject(error)
      }
    }
    const onEnd = () => {
      leave()
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length))
    }
    const onGone = () => {
      leave()
      reject(new Refusal('BODY_INCOMPLETE', `The body ended after ${length} bytes, before it was whole.`))
    }
    const timer = setTimeout(() => {
      leave()
      const found = `${length} bytes of the body arrived within ${timeoutMs / 1000} s`
      reject(new Refusal('BODY_TIMEOUT', `${found}; expected all of it.`))
    }, timeoutMs)
    const leave = () => {
      clearTimeout(timer)
      request.pause()
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes; send it in smaller batches.`)
}
