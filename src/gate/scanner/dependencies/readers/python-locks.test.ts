import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

const poetryProject = `[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.9"
Flask = "^2.0"
[tool.poetry.group.test.dependencies]
pytest = { version = "^7", extras = ["x"] }
`
const poetryLock = `[[package]]
name = "click"
version = "8.1.3"
optional = false
files = [
    {file = "click.whl", hash = "sha256:aa"},
]

[[package]]
name = "flask"
version = "2.3.2"

[package.dependencies]
click = ">=8.1"

[[package]]
name = "forked"
version = "1.0"
[package.source]
type = "git"
url = "https://example.test/forked.git"
resolved_reference = "c0ffee"

[[package]]
name = "own"
version = "0.1"
[package.source]
type = "directory"
url = "../own"

[[package]]
name = "pytest"
version = "7.4.0"
[package.dependencies]
click = {version = "*", optional = true}
Forked = "*"

[metadata]
lock-version = "2.0"
`

it('reads poetry.lock with the groups of pyproject.toml', () => {
  const files = { 'poetry.lock': poetryLock, 'pyproject.toml': poetryProject }
  expect(told(files)).toEqual([
    'click: click@8.1.3 indirect by flask@2.3.2',
    'flask: flask@2.3.2 direct',
    'forked: forked@1.0 indirect dev by pytest@7.4.0' +
      ' from git+https://example.test/forked.git@c0ffee',
    'pytest: pytest@7.4.0 direct dev',
  ])
  expect(scanUnit(files).packages[0]).toMatchObject({ integrity: 'sha256:aa', dependsOn: [] })
})

it('reads the groups and categories that poetry.lock itself states', () => {
  const text = `[[package]]
name = "a"
version = "1"
category = "dev"
[[package]]
name = "b"
version = "1"
groups = ["main", "dev"]
[[package]]
name = "c"
version = "1"
groups = ["dev"]
`
  expect(told({ 'poetry.lock': text })).toEqual([
    'a: a@1 unknown dev',
    'b: b@1 unknown',
    'c: c@1 unknown dev',
  ])
})

it('reads uv.lock, in which the project and its workspaces stand themselves', () => {
  const text = `version = 1
[[package]]
name = "shop"
version = "0.1.0"
source = { editable = "." }
dependencies = [ { name = "Flask" }, { name = "numpy", version = "1.26.0", marker = "x" } ]
[package.optional-dependencies]
redis = [{ name = "redis" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[package.metadata]
requires-dist = [{ name = "ignored" }]

[[package]]
name = "flask"
version = "2.3.2"
source = { registry = "https://example.test/simple" }
dependencies = [{ name = "numpy", version = "2.0.0" }]
sdist = { url = "https://example.test/flask.tar.gz", hash = "sha256:aa" }

[[package]]
name = "numpy"
version = "1.26.0"
source = { registry = "https://example.test/simple" }
[[package]]
name = "numpy"
version = "2.0.0"
source = { registry = "https://example.test/simple" }
[[package]]
name = "pytest"
version = "8.0.0"
source = { git = "https://example.test/pytest.git?rev=main#c0ffee" }
[[package]]
name = "redis"
version = "5.0.0"
source = { registry = "https://example.test/simple" }
`
  expect(
    told({ 'uv.lock': text, 'pyproject.toml': '[project]\ndependencies = ["flask"]' }),
  ).toEqual([
    'flask: flask@2.3.2 direct',
    'numpy: numpy@1.26.0 direct',
    'numpy: numpy@2.0.0 indirect by flask@2.3.2',
    'pytest: pytest@8.0.0 direct dev from git+https://example.test/pytest.git?rev=main#c0ffee',
    'redis: redis@5.0.0 direct',
  ])
})

it('reads pdm.lock and pylock.toml', () => {
  const pdm = `[[package]]
name = "flask"
version = "2.3.2"
groups = ["default"]
dependencies = ["click>=8; python_version > '3'"]
[[package]]
name = "click"
version = "8.1.3"
groups = ["test"]
`
  const project = '[project]\nname = "shop"\ndependencies = ["flask"]\n'
  expect(told({ 'pdm.lock': pdm, 'pyproject.toml': project })).toEqual([
    'flask: flask@2.3.2 direct',
    'click: click@8.1.3 indirect dev by flask@2.3.2',
  ])
  const pylock = `lock-version = "1.0"
[[packages]]
name = "click"
version = "8.1.3"
[[packages]]
name = "own"
directory = { path = "." }
[[packages]]
name = "forked"
vcs = { type = "git", url = "https://example.test/forked.git", commit-id = "c0ffee" }
dependencies = [{ name = "click" }]
`
  expect(told({ 'pylock.toml': pylock })).toEqual([
    'click: click@8.1.3 unknown by forked',
    'forked: forked@(null) direct from git+https://example.test/forked.git@c0ffee',
  ])
})

it('reads Pipfile.lock', () => {
  const lock = {
    _meta: { hash: { sha256: 'x' }, sources: [{ name: 'pypi' }] },
    default: {
      flask: { hashes: ['sha256:aa'], version: '==2.3.2' },
      tool: { git: 'https://example.test/tool.git', ref: 'c0ffee' },
      own: { path: '.', editable: true },
    },
    develop: { Py_Test: { version: '==7.4.0' } },
  }
  const pipfile = '[packages]\nflask = "*"\n[dev-packages]\npy-test = ">=7"\n'
  expect(told({ 'Pipfile.lock': JSON.stringify(lock, null, 4), Pipfile: pipfile })).toEqual([
    'flask: flask@2.3.2 direct',
    'tool: tool@(null) indirect from https://example.test/tool.git@c0ffee',
    'Py_Test: py-test@7.4.0 direct dev',
  ])
})

it('reads pyproject.toml and Pipfile where nothing is locked', () => {
  const project = `[project]
name = "flask-shop"
keywords = ["flask"]
dependencies = [
  "Flask >= 2",  # web
  "exact==1.0.0",
]
[project.optional-dependencies]
test = ["pytest"]
redis = ["redis<6"]
[dependency-groups]
lint = ["ruff", { include-group = "other" }]
[tool.poetry.dependencies]
"ruamel.yaml" = "1.0.0"
[tool.poetry.dev-dependencies]
own = { path = "../own" }
`
  expect(told({ 'pyproject.toml': project })).toEqual([
    'Flask: flask@(>= 2) direct',
    'exact: exact@1.0.0 direct',
    'pytest: pytest@(null) direct dev',
    'redis: redis@(<6) direct',
    'ruff: ruff@(null) direct dev',
    'ruamel.yaml: ruamel-yaml@1.0.0 direct',
  ])
  expect(
    told({ Pipfile: '[packages]\na = "==1.0"\nb = {version = "<2", extras = ["c"]}\n' }),
  ).toEqual(['a: a@1.0 direct', 'b: b@(<2) direct'])
})
