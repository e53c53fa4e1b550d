import { describe, expect, it } from 'vitest'
import { showsSecret, withoutSecrets } from './secret.ts'

const token = ['ghp', '_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('')
const random = ['Zq7', 'xK2mPv9LwR4tYb8Nc3Hd6'].join('')

describe('withoutSecrets', () => {
  it('masks what was found wherever it stands', () => {
    expect(withoutSecrets('found hunter22 here: hunter22', 'hunter22', [])).toBe(
      'found hu… here: hu…',
    )
  })

  it('masks each line and word of what was found', () => {
    const text = withoutSecrets('value correct-horse', 'password = "correct-horse"', [])
    expect(text).toBe('value cor…')
  })

  it('masks what has the shape of a credential, found or not', () => {
    expect(withoutSecrets(`Match: ${token}`, null, [])).not.toContain(token.slice(8))
    expect(withoutSecrets(`Match: ${random}`, null, [])).toBe('Match: Zq7x…')
  })

  it('keeps paths, rules and words', () => {
    const path = 'src/Main2/SettingsOfTheApplication'
    const text = `aws-access-token has detected a secret in ${path}`
    expect(withoutSecrets(text, null, [path])).toBe(text)
  })
})

describe('showsSecret', () => {
  it('knows secrets and hard-coded credentials', () => {
    expect(showsSecret('secrets', null)).toBe(true)
    expect(showsSecret('sast', 'CWE-798')).toBe(true)
    expect(showsSecret('sast', 'CWE-89')).toBe(false)
  })
})
