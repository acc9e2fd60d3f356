import { whileThere } from '../gone.js'
import { asksForPart } from '../partial.js'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { sha256 } from '../signature.js'

/**
 * Reads the batch. Where only its good part is taken, that part stands in for the body from here on; the batch is still
 * known by what was sent.
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
  const { read, plain, hash } = await whileThere(request, (gone) => reader.read(body, passage.bodyHash === null, gone))
  passage.plain = plain
  passage.bodyHash ??= hash
  passage.form = read.form
  if (read.outcome === 'refused') throw new Refusal(read.code, read.message, { details: read.details })
  passage.items = read.items
  passage.sentAt = read.sentAt
  if (read.part === null) return
  passage.bodyHash ??= sha256(plain)
  passage.plain = read.part.plain
  passage.held.take(passage.plain.byteLength)
  passage.rejected = read.part.rejected
}
