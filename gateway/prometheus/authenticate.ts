import type { Permission } from '../../schema/domain/permission.js'
import type { Authenticate } from '../auth/authenticate.js'
import type { Caller } from '../auth/caller.js'
import { forbiddenMessage } from '../user-fault.js'
import { ApiFault } from './answers.js'

/**
 * The caller of a request, who holds a permission: `authorization: Bearer <token>`, or Basic with an API token as the
 * password, which is what Prometheus's own clients can be told.
 *
 * @throws ApiFault unauthorized or forbidden.
 */
export async function authorize(
  authenticate: Authenticate,
  header: string | undefined,
  permission: Permission,
  now: number,
): Promise<Caller> {
  if (header === undefined)
    throw new ApiFault(
      'unauthorized',
      'No credentials found; expected "authorization: Bearer <API token>", or Basic with the API token as password.',
    )
  const authentication = await authenticate(asBearer(header), now)
  if (authentication.caller === null) throw new ApiFault('unauthorized', authentication.why)
  if (!authentication.caller.permissions.includes(permission))
    throw new ApiFault('forbidden', forbiddenMessage(permission))
  return authentication.caller
}

/** Basic's password as a bearer; any other header as it is. */
function asBearer(header: string): string {
  const basic = /^Basic +([A-Za-z0-9+/=]{1,4096}) *$/i.exec(header)?.[1]
  if (basic === undefined) return header
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`
}
