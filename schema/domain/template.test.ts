import { describe, expect, it } from 'vitest'
import { fillTemplate, shortNumber, shownValue, templateFault } from './template.js'

describe('a template', () => {
  it.each([
    ['{{labels.service}} is down', 'checkout is down'],
    ['{{ labels.service }}: {{value}}', 'checkout: 12.5'],
    ['{{labels.none}}|{{labels.k8s.pod}}', '|pod-1'],
    ['{{other}} {{', '{{other}} {{'],
  ])('%s', (text, filled) => {
    expect(fillTemplate(text, { service: 'checkout', 'k8s.pod': 'pod-1' }, 12.5)).toBe(filled)
  })

  it('is filled once: a label that looks like a placeholder stays as it is', () => {
    expect(fillTemplate('{{labels.a}}', { a: '{{value}}' }, 1)).toBe('{{value}}')
  })

  it('says when there is no value', () => expect(fillTemplate('{{value}}', {}, null)).toBe('no value'))
})

it.each([
  ['{{value}} of {{ labels.k8s.pod }} {json} }}', null],
  ['{{$value}}', '"{{$value}}" is no placeholder; there are {{value}} and {{labels.NAME}}'],
  ['{{value}} of {{labels.}}', '"{{labels.}}" is no placeholder; there are {{value}} and {{labels.NAME}}'],
  ['is {{value', '"{{value" opens a placeholder and does not close it; there are {{value}} and {{labels.NAME}}'],
  ['{{{value}}{', null],
  [`{{${'x'.repeat(100)}}}`, `"{{${'x'.repeat(58)}…" is no placeholder; there are {{value}} and {{labels.NAME}}`],
])('of the template %s it is said: %s', (text, sentence) => expect(templateFault(text)).toBe(sentence))

it.each([
  [0, '0'],
  [12.5, '12.5'],
  [1234567, '1,235,000'],
  [0.000012346, '0.00001235'],
  [0.1 + 0.2, '0.3'],
  [-3.2168, '-3.217'],
  [1.5e21, '1.5e+21'],
  [2e-9, '2e-9'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('%d is shown as %s', (value, text) => expect(shortNumber(value)).toBe(text))

it.each([
  [0.352941, '35.3 %'],
  [0.00012345, '0.0123 %'],
  [1, '100 %'],
])('the ratio %d is shown as %s', (value, text) => expect(shownValue(value, 'ratio')).toBe(text))
