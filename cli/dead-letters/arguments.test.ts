import { expect, test } from 'vitest'
import { readArguments } from './arguments.js'

const ID = '01a0a2c4-6b1e-7f30-8a00-0123456789ab'
const ALL = { org: null, signal: null, reason: null, withReplayed: false, limit: 100 }

test.each([
  [[], { verb: 'help' }],
  [['--help'], { verb: 'help' }],
  [['list'], { verb: 'list', json: false, filter: ALL }],
  [
    ['list', '--org', 'org_1', '--signal', 'spans', '--reason', 'NUL', '--replayed', '--limit', '5', '--json'],
    {
      verb: 'list',
      json: true,
      filter: { org: 'org_1', signal: 'spans', reason: 'NUL', withReplayed: true, limit: 5 },
    },
  ],
  [['show', ID], { verb: 'show', batchId: ID, body: false }],
  [['show', ID, '--body'], { verb: 'show', batchId: ID, body: true }],
  [['replay', ID, ID], { verb: 'replay', batchIds: [ID, ID], filter: ALL }],
  [['replay', '--all', '--org', 'o'], { verb: 'replay', batchIds: null, filter: { ...ALL, org: 'o' } }],
])('%j is understood', (argv, command) => {
  expect(readArguments(argv)).toEqual(command)
})

test.each([
  [['bury'], '"bury" is no command of dead-letters; expected list, show or replay.'],
  [['list', ID], 'list takes no batch ids; found 1.'],
  [['list', '--signal', 'smoke'], '--signal is "smoke"; expected logs, metrics, spans, rum.'],
  [['list', '--limit', '0'], '--limit is "0"; expected 1 to 100000.'],
  [['list', '--body'], 'list knows no --body; expected --org, --signal, --reason, --replayed, --limit, --json.'],
  [['show'], 'show expects one batch id; found 0.'],
  [['show', 'x'], '"x" is no batch id; expected a UUID, as list shows it.'],
  [['replay'], 'replay expects batch ids, or --all and none.'],
  [['replay', '--all', ID], 'replay expects batch ids, or --all and none.'],
  [['replay', ID, '--org', 'o'], 'replay takes --org, --signal and --reason with --all alone.'],
  [['list', '--fast'], "Unknown option '--fast'"],
])('%j is refused in a sentence', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(message)
})
