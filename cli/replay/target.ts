import { readFileSync } from 'node:fs'
import { type ReplayArguments, UsageError } from './arguments.js'
import type { Target } from './send-batch.js'

/** Where to send: from the command line, and what that leaves out from the bootstrap file. */
export function readTarget({ url, key, secret, bootstrap }: ReplayArguments): Target {
  if (url !== null && key !== null && secret !== null) return { url, key, secret }
  const file = readBootstrap(bootstrap)
  if ((key === null) !== (secret === null))
    throw new UsageError('Expected --key and --secret together; found only one.')
  return {
    url: url ?? file.ingestUrl,
    key: key ?? file.ingestKey.key,
    secret: secret ?? file.ingestKey.secret,
  }
}

interface Bootstrap {
  readonly ingestUrl: string
  readonly ingestKey: { readonly key: string; readonly secret: string }
}

function readBootstrap(path: string): Bootstrap {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      `Credentials cannot be read (${reason}); start Tocsin first, or give --url, --key and --secret, or --bootstrap.`,
    )
  }
  try {
    return JSON.parse(text) as Bootstrap
  } catch (error) {
    throw new UsageError(`${path} is not JSON; expected what the first start of Tocsin leaves there.`, { cause: error })
  }
}
