/**
 * Opens a data directory, tells on stdout what came of it, and holds it until stdin ends.
 *
 * node hold-data-dir.js DATA_DIR
 */
import { openDataDir } from '../../../embedded/data-dir.js'
import { StartError } from '../../../schema/domain/errors.js'

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
try {
  const dataDir = openDataDir(process.argv[2] ?? '')
  say({ answer: 'held', held: true })
  process.stdin.resume().on('end', dataDir.release)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  say({ answer: error.code, message: error.message })
}
