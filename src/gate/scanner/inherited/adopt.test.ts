import { describe, expect, it } from 'vitest'
import { readDirective } from '../suppress-comment.ts'
import { adoptComment, ownComment } from './adopt.ts'
import { readForeign } from './comments.ts'

const text = ownComment(['a-rule'], 'why')

function adopt(line: string) {
  const [theirs] = readForeign(line, 1)
  if (theirs === undefined) throw new Error(`no mark in ${line}`)
  const { marker, at } = theirs
  return { theirs, adopted: adoptComment(line, { at, source: marker.name, text }) }
}

describe('adoptComment', () => {
  it.each([
    ['x = f(y)  # nosec B602', 'x = f(y)  # panthera-ignore: a-rule -- why # nosec B602'],
    ['x()  # nosemgrep: a.b.c', 'x()  # panthera-ignore: a-rule -- why # nosemgrep: a.b.c'],
    ['x() // nosemgrep', 'x() // panthera-ignore: a-rule -- why // nosemgrep'],
    ['x() // NOSONAR a constant', 'x() // panthera-ignore: a-rule -- why // NOSONAR a constant'],
    ['x() // #nosec G304 -- ours', 'x() // #nosec G304 -- ours panthera-ignore: a-rule -- why'],
    ['key = "v" # gitleaks:allow', 'key = "v" # panthera-ignore: a-rule -- why # gitleaks:allow'],
    [
      'x() // eslint-disable-line security/detect-x',
      'x() // eslint-disable-line security/detect-x -- panthera-ignore: a-rule -- why',
    ],
    [
      '// eslint-disable-next-line security/detect-x -- ours',
      '// eslint-disable-next-line security/detect-x -- ours panthera-ignore: a-rule -- why',
    ],
    ['x() /* nosemgrep */', 'x() /* panthera-ignore: a-rule -- why nosemgrep */'],
    [
      '  acl = "x" #trivy:ignore:AVD-A-1',
      '  acl = "x" # panthera-ignore: a-rule -- why # trivy:ignore:AVD-A-1',
    ],
  ])('keeps %s working', (line, expected) => {
    const { theirs, adopted } = adopt(line)
    expect(adopted).toEqual({ line: expected, above: null })
    expect(readDirective(expected)).toMatchObject({ ruleIds: new Set(['a-rule']) })
    expect(readDirective(expected)?.reason).toMatch(/^why/)
    const [again] = readForeign(expected, 1)
    expect(again).toMatchObject({ marker: theirs.marker, ids: theirs.ids })
  })

  it.each([
    ['# hadolint ignore=DL3006', '# panthera-ignore: a-rule -- why'],
    ['    # checkov:skip=CKV_A_1:reason', '    # panthera-ignore: a-rule -- why'],
    ['<!-- nosemgrep: a -->', '<!-- panthera-ignore: a-rule -- why -->'],
    ['\t/* nosemgrep */', '\t/* panthera-ignore: a-rule -- why */'],
  ])('puts a line above %s', (line, above) => {
    expect(adopt(line).adopted).toEqual({ line, above })
    expect(readDirective(above)).toMatchObject({ alone: true, reason: 'why' })
  })

  it('touches nothing where it knows no safe place', () => {
    expect(adopt('    checkov.io/skip1: CKV_K8S_20=reason').adopted).toBeNull()
  })
})
