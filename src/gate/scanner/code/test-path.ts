// Which files hold tests, by the conventions of the languages' test runners.

/** What tests do with weak algorithms and fixed passwords harms nobody. */
export function isTestCode(path: string): boolean {
  return folder.test(path) || file.test(path)
}

const folder = /(?:^|\/)(?:tests?|__tests__|__mocks__|spec|specs|testing|fixtures)\//
const file = new RegExp(
  [
    '(?:Test|Tests|TestCase|IT|Spec)\\.java$',
    '[.-](?:test|spec)\\.[cm]?[jt]sx?$',
    '(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\\.py$',
  ].join('|'),
)
