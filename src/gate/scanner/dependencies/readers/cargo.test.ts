import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

const source = 'source = "registry+https://example.test/index"'
const lock = `version = 3

[[package]]
name = "anyhow"
version = "1.0.70"
${source}
checksum = "aa"

[[package]]
name = "rand"
version = "0.7.0"
${source}
dependencies = ["anyhow"]

[[package]]
name = "rand"
version = "0.8.5"
source = "git+https://example.test/rand?rev=1#c0ffee"

[[package]]
name = "shop"
version = "0.1.0"
dependencies = [
 "rand 0.7.0",
 "rand 0.8.5 (git+https://example.test/rand?rev=1#c0ffee)",
 "tempfile",
 "shop-core",
]

[[package]]
name = "shop-core"
version = "0.1.0"
dependencies = ["anyhow"]

[[package]]
name = "tempfile"
version = "3.0.0"
${source}

[metadata]
"checksum tempfile 3.0.0 (registry+https://example.test/index)" = "bb"
`
const manifest = `[package]
name = "shop"
[dependencies]
rand = "0.7"
[dev-dependencies]
tempfile = "3"
[workspace]
members = ["core"]
`

it('reads Cargo.lock with the manifests of the workspace', () => {
  const files = { 'Cargo.lock': lock, 'Cargo.toml': manifest }
  expect(told(files)).toEqual([
    'anyhow: anyhow@1.0.70 direct',
    'rand: rand@0.7.0 direct',
    'rand: rand@0.8.5 direct from git+https://example.test/rand?rev=1#c0ffee',
    'tempfile: tempfile@3.0.0 direct dev',
  ])
  expect(scanUnit(files).packages.map(({ integrity }) => integrity)).toEqual([
    'sha256:aa',
    null,
    null,
    'sha256:bb',
  ])
})

it('reads Cargo.toml where nothing is locked', () => {
  const text = `[dependencies]
serde = { version = "1.0", features = ["derive"] }
exact = "=1.2.3"
renamed = { package = "real-name", version = "0.3" }
core = { path = "../core" }
[dependencies.tokio]
version = "1"
[target.'cfg(windows)'.dependencies]
winapi = "0.3"
[dev-dependencies]
forked = { git = "https://example.test/forked" }
`
  expect(told({ 'Cargo.toml': text })).toEqual([
    'serde: serde@(1.0) direct',
    'exact: exact@1.2.3 direct',
    'renamed: real-name@(0.3) direct',
    'tokio: tokio@(1) direct',
    'winapi: winapi@(0.3) direct',
    'forked: forked@(null) direct dev from git+https://example.test/forked',
  ])
})
