import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusals.js'

/** Runs a step that can be left where the client has gone: nobody would hear its outcome. */
export async function whileThere<Result>(
  { socket }: IncomingMessage,
  step: (gone: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const gone = new AbortController()
  const leave = () => gone.abort(new Refusal('CLIENT_GONE', 'The client went before its batch was read.'))
  if (socket.destroyed) leave()
  socket.once('close', leave)
  try {
    return await step(gone.signal)
  } finally {
    socket.off('close', leave)
  }
}
