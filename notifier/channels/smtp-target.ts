import { isIP } from 'node:net'
import type { Egress } from './egress.js'

/** A mail server to connect to. */
export interface SmtpTarget {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  /** The name that the server's certificate must carry. */
  readonly tls?: { readonly servername: string }
}

/**
 * A mail server from `smtp://` or `smtps://`. Only scheme, host, port and credentials count: other settings that a
 * mailer reads from a query (proxies, unchecked certificates) are not a tenant's to choose.
 *
 * @param egress Guards a tenant's own server, which is then reached by the address that was checked; null for the
 *   installation's.
 */
export async function smtpTarget(smtpUrl: string, egress: Egress | null): Promise<SmtpTarget> {
  const url = new URL(smtpUrl)
  const secure = url.protocol === 'smtps:'
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const host = egress === null ? name : await egress.resolve(name)
  const user = decodeURIComponent(url.username)
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    ...(isIP(name) === 0 ? { tls: { servername: name } } : {}),
  }
}
