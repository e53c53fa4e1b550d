import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'
import { readPythonRequirement } from './python-requirement.ts'
import { requirements } from './requirements.ts'

it('reads pins, ranges, places and options as people write them', () => {
  const text = [
    '# comment',
    '--index-url https://example.test/simple',
    'Django==4.2.1 ; python_version >= "3.8"  # pinned',
    'zope.interface>=5,<6',
    'requests[security] ~= 2.31',
    'plain',
    '-e .',
    '-e git+https://example.test/a/tool.git@v1#egg=Some_Tool',
    'wheel @ https://example.test/wheel-1.0-py3-none-any.whl',
    'https://example.test/dist/other-2.0-py3-none-any.whl',
    './local',
    'any==1.*',
    'not a requirement',
    '-r more.txt',
  ].join('\r\n')
  expect(told({ 'requirements.txt': text })).toEqual([
    'Django: django@4.2.1 unknown',
    'zope.interface: zope-interface@(>=5,<6) direct',
    'requests: requests@(~= 2.31) direct',
    'plain: plain@(null) direct',
    'git+https://example.test/a/tool.git@v1#egg=Some_Tool: some-tool@(null) direct' +
      ' from git+https://example.test/a/tool.git@v1#egg=Some_Tool',
    'wheel: wheel@(null) direct from https://example.test/wheel-1.0-py3-none-any.whl',
    'https://example.test/dist/other-2.0-py3-none-any.whl: other@(null) direct' +
      ' from https://example.test/dist/other-2.0-py3-none-any.whl',
    'any: any@(==1.*) direct',
  ])
})

it('takes from pip-compile what each package is there for', () => {
  const text = `#
# This file was written by a tool
#
click==8.1.3 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via
    #   -r requirements.in
    #   flask
flask==2.3.2 --hash=sha256:cc
    # via -r requirements.in
markupsafe==2.1.1    # via jinja2
jinja2[i18n]==3.1.2
    # via flask, other
werkzeug==2.3.4
    # via -c constraints.txt
`
  const files = { 'requirements.txt': text, 'requirements.in': 'flask\n' }
  expect(told(files)).toEqual([
    'click: click@8.1.3 direct',
    'flask: flask@2.3.2 direct',
    'markupsafe: markupsafe@2.1.1 indirect by flask@2.3.2 > jinja2@3.1.2',
    'jinja2: jinja2@3.1.2 indirect by flask@2.3.2',
    'werkzeug: werkzeug@2.3.4 indirect',
  ])
  const { packages } = scanUnit(files)
  expect(packages.map(({ integrity }) => integrity)).toEqual([null, 'sha256:cc', null, null, null])
})

it('takes versions from constraints, which ask for nothing themselves', () => {
  const files = {
    'requirements/dev.txt': '-c ../constraints.txt\nflask\npytest\n',
    'constraints.txt': 'Flask==2.3.2\nunused==1.0\n',
  }
  expect(told(files)).toEqual(['flask: flask@2.3.2 direct dev', 'pytest: pytest@(null) direct dev'])
})

it.each([
  ['requirements.txt', true],
  ['requirements-dev.txt', true],
  ['dev_requirements.txt', true],
  ['base-requirements.txt', true],
  ['requirements/production.txt', true],
  ['requirements.in', true],
  ['constraints.txt', true],
  ['notes.txt', false],
  ['requirements.md', false],
])('reads %s: %s', (path, expected) => {
  expect(requirements.reads(path.slice(path.lastIndexOf('/') + 1), path)).toBe(expected)
})

it.each([
  ['a (>=1.0)', { range: '>=1.0' }],
  ['a===1.0+local', { version: '1.0+local' }],
  ['a>=1,==1.5', { version: '1.5' }],
  ['A_.b[c,d]', { name: 'a-b' }],
  [
    'a @ git+ssh://git@example.test/a.git ; os_name=="nt"',
    { origin: 'git+ssh://git@example.test/a.git' },
  ],
])('understands %s', (text, expected) => {
  const nothing = { name: 'a', version: null, range: null, origin: null }
  expect(readPythonRequirement(text)).toEqual({ ...nothing, ...expected })
})
