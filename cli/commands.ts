import { processConfig } from '../config.js'
import { type Output, runDeadLetters } from './dead-letters/main.js'

const output: Output = {
  write: (text) => void process.stdout.write(text),
  say: (line) => console.error(line),
  isTerminal: process.stdout.isTTY === true,
}

/** What `tocsin` can be asked for beside running. Each answers the exit status. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  'dead-letters': (args) => runDeadLetters(args, processConfig(), output),
}

/** The command that a command line begins with; null when it begins with none. */
export function commandOf(argv: readonly string[]): (() => Promise<number>) | null {
  const [name, ...args] = argv
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return command === undefined ? null : () => command(args)
}
