import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, type ExecutionResult, type FormattedExecutionResult, parse } from 'graphql'
import { type Context, handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../../schema/ports/clock.js'
import { SUBSCRIPTION_BOUNDS } from './bounds.js'
import type { EndableEvents } from './endable.js'
import { refusal } from './shown-errors.js'
import type { Subscriber, Subscriptions } from './subscriptions.js'

/** Close codes beside those of graphql-ws: nobody is signed in; the server stops; too many are connected. */
const UNAUTHENTICATED = 4401
const GOING_AWAY = 1001
const TRY_LATER = 1013

/** Bytes that may wait for a client to read them; one that lets more wait reads no more. */
const BUFFERED_BYTES = 8 * 1024 * 1024

/** Events of a connection, null while they are being opened. Counted by themselves: a client may use an id again before. */
interface Held {
  events: EndableEvents | null
}

interface Extra {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly held: Set<Held>
}

export interface WebSocketDeps {
  readonly server: Server
  readonly path: string
  readonly subscriptions: Subscriptions
  /** Why credentials are not taken; null when they are. */
  readonly credentialsFault: (authorization: string | undefined) => Promise<string | null>
  readonly log: Log
}

/**
 * Subscriptions over WebSocket by the protocol graphql-transport-ws
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). Credentials come in the header `authorization` of
 * the upgrade or in `connectionParams.authorization`.
 */
export function serveWebSockets(deps: WebSocketDeps): { close(): Promise<void> } {
  const { server, path, subscriptions, log } = deps
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols,
    maxPayload: SUBSCRIPTION_BOUNDS.messageBytes,
    perMessageDeflate: false,
  })
  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: SUBSCRIPTION_BOUNDS.initMs,
    async onConnect(context) {
      const fault = await deps.credentialsFault(subscriberOf(context).authorization)
      if (fault === null) return true
      context.extra.socket.close(UNAUTHENTICATED, fault)
      return false
    },
    async onSubscribe(context, _id, payload) {
      const { held, socket } = context.extra
      const most = SUBSCRIPTION_BOUNDS.aConnection
      if (held.size >= most)
        return [refusal('LIMIT_EXCEEDED', `Found more than ${most} open subscriptions of one connection.`)]
      const place: Held = { events: null }
      const release = () => void held.delete(place)
      held.add(place)
      const opened = await subscriptions.open(payload, subscriberOf(context)).catch((error: unknown) => {
        release()
        throw error
      })
      if ('errors' in opened) {
        release()
        return opened.errors
      }
      place.events = opened.events
      if (socket.readyState !== socket.OPEN) void opened.events.return?.()
      // What is executed is the events themselves, which the document has led to already.
      return {
        document: parse(payload.query),
        operationName: payload.operationName,
        contextValue: releasing(opened.events, release),
      } as unknown as ExecutionArgs
    },
    subscribe: (args) =>
      args.contextValue as AsyncGenerator<ExecutionResult<Record<string, unknown>, Record<string, unknown>>>,
    // Its errors are as callers see them already.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) => subscriptions.shown(errors),
  })

  function subscriberOf({ connectionParams, extra }: Context<Record<string, unknown>, Extra>): Subscriber {
    const { request } = extra
    const given = connectionParams?.authorization ?? connectionParams?.Authorization
    return {
      authorization: typeof given === 'string' ? given : request.headers.authorization,
      origin: { ip: request.socket.remoteAddress ?? null, userAgent: request.headers['user-agent'] ?? null },
    }
  }

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const beat = heartbeat(socket)
    const held = new Set<Held>()
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        // Resolves when the kernel has taken it, so that whoever reads slowly is sent no more meanwhile.
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve()
            if (socket.bufferedAmount > BUFFERED_BYTES) {
              socket.terminate()
              return resolve()
            }
            socket.send(data, (error) => (error == null ? resolve() : reject(error)))
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data) => {
            take(String(data)).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return
              log.error({ err: error }, 'A message of a WebSocket could not be dealt with.')
              socket.close(4500, 'Something went wrong on our side; it is logged.')
            })
          }),
      },
      { socket, request, held },
    )
    socket.once('close', (code, reason) => {
      beat.stop()
      for (const { events } of held) void events?.return?.()
      void closed(code, String(reason))
    })
  })

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'A connection broke while it became a WebSocket.'))
    if (request.url?.split('?')[0] !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      // A broken frame or a connection that was reset: `close` follows. Frames come in while it closes, too.
      opened.on('error', (error) => log.debug({ err: error }, 'A WebSocket broke.'))
      if (sockets.clients.size > SUBSCRIPTION_BOUNDS.connections) {
        opened.close(
          TRY_LATER,
          `Found ${SUBSCRIPTION_BOUNDS.connections} connections, the most that one process serves.`,
        )
        return
      }
      sockets.emit('connection', opened, request)
    })
  }
  server.on('upgrade', upgrade)

  return {
    async close() {
      server.off('upgrade', upgrade)
      const left = [...sockets.clients].map((socket) => closing(socket))
      await Promise.all(left)
      sockets.close()
    },
  }
}

/** The events, with word of their end. */
function releasing(events: EndableEvents, release: () => void): AsyncIterableIterator<FormattedExecutionResult> {
  return {
    async next() {
      try {
        const result = await events.next()
        if (result.done) release()
        return result
      } catch (error) {
        release()
        throw error
      }
    },
    async return() {
      release()
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** How long a client may take to answer that it closes, ms. */
const CLOSING_MS = 1_000

/** Closes a socket, by force when its client does not answer. */
function closing(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve()
    const late = setTimeout(() => socket.terminate(), CLOSING_MS)
    socket.once('close', () => {
      clearTimeout(late)
      resolve()
    })
    socket.close(GOING_AWAY, 'This gateway stops; connect again.')
  })
}

/** Pings, and ends a connection that answered none since the last: its other end is gone and will never say so. */
function heartbeat(socket: WebSocket): { stop(): void } {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, SUBSCRIPTION_BOUNDS.pingMs)
  return { stop: () => clearInterval(timer) }
}
