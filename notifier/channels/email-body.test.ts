import { expect, it } from 'vitest'
import { aSpeech } from '../../test/builders/speech.js'
import { render } from '../render.js'
import { emailText } from './email-body.js'

it('aligns the columns of its plain text, facts and labels alike', () => {
  const lines = emailText(render(aSpeech())).split('\n')
  const column = (name: string) => {
    const line = lines.find((each) => each.startsWith(name)) ?? ''
    return name.length + line.slice(name.length).search(/\S/)
  }
  expect(['Severity', 'Value', 'Monitor', 'Organisation', 'service ='].map(column)).toEqual([14, 14, 14, 14, 14])
})
