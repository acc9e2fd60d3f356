import { expect, test } from 'vitest'
import { rememberLast } from './bounded-memory.js'

test('answers are those of the function, and what comes often is asked once', () => {
  const asked: string[] = []
  const upper = rememberLast(10, (text) => {
    asked.push(text)
    return text.toUpperCase()
  })
  for (let i = 0; i < 100; i++) expect([upper('often'), upper(`x${i}`)]).toEqual(['OFTEN', `X${i}`])
  expect(asked.filter((text) => text === 'often')).toHaveLength(1)
  // Long gone: asked again.
  upper('x0')
  expect(asked.filter((text) => text === 'x0')).toHaveLength(2)
})
