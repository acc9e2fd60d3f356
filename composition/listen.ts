import { StartError } from '../schema/domain/errors.js'

/** Why an address cannot be listened on, by the system's code. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is no name that resolves',
}

/**
 * Listens, and makes the operator's mistakes one sentence.
 *
 * @param role Its settings are `TOCSIN_<role>_HOST` and `TOCSIN_<role>_PORT`.
 * @throws StartError PORT_IN_USE or SETTING_INVALID.
 */
export async function listenFor(
  role: 'GATEWAY' | 'INGEST',
  address: { readonly host: string; readonly port: number },
  listen: () => Promise<string>,
): Promise<string> {
  try {
    return await listen()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason = REASONS[code]
    if (reason === undefined) throw error
    throw new StartError(
      code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'SETTING_INVALID',
      `${address.host}:${address.port} ${reason}; set TOCSIN_${role}_HOST and TOCSIN_${role}_PORT to another address (port 0 picks a free one).`,
    )
  }
}
