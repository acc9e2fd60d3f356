import { whileThere } from '../gone.js'
import { asksForPart } from '../partial.js'
import { type EdgeTools, NO_BYTES, type Passage } from '../passage.js'
import { Refusal } from '../refusals.js'

/**
 * Reads the batch, and leaves of it what the queue keeps. Where only its good part is taken, that part is kept; the batch is
 * still known by what was sent.
 */
export async function schema(passage: Passage, { clock, reader }: EdgeTools): Promise<void> {
  const { signal, path, form, request } = passage
  const body = {
    form: form ?? 'json',
    signal,
    path,
    plain: passage.plain,
    now: clock.now(),
    partial: asksForPart(request.url),
  } as const
  const { read, packed, hash } = await whileThere(request, (gone) => reader.read(body, passage.bodyHash === null, gone))
  passage.plain = NO_BYTES
  passage.packed = packed
  passage.bodyHash ??= hash
  passage.form = read.form
  if (read.outcome === 'refused') throw new Refusal(read.code, read.message, { details: read.details })
  passage.items = read.items
  passage.sentAt = read.sentAt
  passage.rejected = read.rejected
}
