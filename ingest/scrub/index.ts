/** Scrubbing: finds personal data and secrets in telemetry and replaces them as an organisation's policy asks. Pure. */
export { scrubAttributes, scrubLabels } from './attributes.js'
export { createScrubber, type Scrubber } from './scrubber.js'
