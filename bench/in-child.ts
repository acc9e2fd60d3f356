import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs a compiled file of this folder in a process of its own, and returns what it answers. */
export async function inChild<Answer>(file: string, args: readonly (string | number)[]): Promise<Answer> {
  const child = fork(join(import.meta.dirname, file), args.map(String))
  const exit = once(child, 'exit')
  const answered = new Promise<Answer>((resolve) => child.once('message', (answer) => resolve(answer as Answer)))
  const failed = exit.then(([code]) => {
    throw new Error(`${file} ended with ${code} before it answered.`)
  })
  const answer = await Promise.race([answered, failed])
  await exit
  return answer
}
