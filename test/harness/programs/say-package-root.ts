/** Tells on stdout which folder is the package's, for a compiled program. */
import { packageRoot } from '../../../package-root.js'

process.stdout.write(`${JSON.stringify({ root: packageRoot() })}\n`)
