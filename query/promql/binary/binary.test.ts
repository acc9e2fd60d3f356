import { describe, expect, it } from 'vitest'
import { instantOf, written } from '../../../test/promqltest/written.js'

const source = written(
  '1m',
  'req{code="200",path="/a"} 8',
  'req{code="500",path="/a"} 2',
  'req{code="200",path="/b"} 5',
  'total{path="/a"} 10',
  'total{path="/c"} 3',
  'owner{path="/a",team="core"} 1',
  'other{path="/c"} 1',
  'zero 0',
  'typed{__type__="counter",path="/a",side="l"} 4',
  'typed{__type__="gauge",path="/a",side="r"} 2',
)

describe('an operation', () => {
  it.each([
    ['between scalars', '7 % 4 ^ 2', { value: 7 }],
    ['drops the name', 'zero + 1', { '{}': 1 }],
    ['divides by zero as floats do', '-total{path="/a"} / 0', { '{path=/a}': Number.NEGATIVE_INFINITY }],
    ['has 1 to any power be 1', '1 ^ NaN', { value: 1 }],
    ['filters and keeps the name', 'req > 4', { 'req{code=200,path=/a}': 8, 'req{code=200,path=/b}': 5 }],
    ['keeps the vector’s value with the scalar first', '4 < req{path="/b"}', { 'req{code=200,path=/b}': 5 }],
    ['with bool gives 0 and 1', 'req{path="/a"} > bool 4', { '{code=200,path=/a}': 1, '{code=500,path=/a}': 0 }],
    ['matches on labels', 'req{code="500"} / on (path) total', { '{path=/a}': 0.2 }],
    ['tells a counter from a gauge where labels are ignored', 'typed{side="l"} / ignoring (side) typed{side="r"}', {}],
    [
      'matches many to one',
      'req / on (path) group_left total',
      { '{code=200,path=/a}': 0.8, '{code=500,path=/a}': 0.2 },
    ],
    [
      'takes labels over from the one side',
      'req{code="500"} * on (path) group_left (team) owner',
      { '{code=500,path=/a,team=core}': 2 },
    ],
    ['matches one to many', 'total - on (path) group_right req', { '{code=200,path=/a}': 2, '{code=500,path=/a}': 8 }],
    [
      'fills what is missing',
      'sum by (path) (req) + fill (0) total',
      { '{path=/a}': 20, '{path=/b}': 5, '{path=/c}': 3 },
    ],
    ['and', 'total and on (path) owner', { 'total{path=/a}': 10 }],
    ['unless', 'total unless on (path) owner', { 'total{path=/c}': 3 }],
    ['or', 'owner or on (path) total', { 'owner{path=/a,team=core}': 1, 'total{path=/c}': 3 }],
  ])('%s', async (_, query, expected) => {
    expect(await instantOf(source, query, '0')).toEqual(expected)
  })
})

describe('matching is refused', () => {
  it.each([
    [
      'with two on the one side',
      'total / on (path) req',
      'found duplicate series for the match group {path="/a"} on the right hand-side of the operation: [{__name__="req", code="200", path="/a"}, {__name__="req", code="500", path="/a"}];many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['with two on the left and no group_left', 'req / on (path) total', 'many-to-one matching must be explicit'],
    ['even if a comparison filters all', 'req > on (path) total', 'many-to-one matching must be explicit'],
    [
      'when labels taken over make two the same',
      'req * on (path) group_left (code) total',
      'must ensure unique matches',
    ],
    ['when dropped names make two the same', '-{path="/c"}', 'vector cannot contain metrics with the same labelset'],
  ])('%s', async (_, query, message) => {
    await expect(instantOf(source, query, '0')).rejects.toThrow(message)
  })
})
