// OPA on the same policies, for `bench/policy-engine.ts`: written as OPA's makers advise, as data
// that one rule looks up, and measured by its own `opa bench`, in its own process.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const policy = `package authz

default allow := false

allow if {
	granted("permit")
	input.context.mfa
	input.context.risk < 50
	not forbidden
}

forbidden if {
	granted("forbid")
	input.context.risk > 80
}

granted(effect) if {
	some group in data.users[input.principal]
	some folder in data.documents[input.resource]
	data.grants[effect][group][input.action][folder]
}
`

/** What the lookups need: the groups of users, the folders of documents, the policies as data. */
export interface OpaData {
  readonly users: Readonly<Record<string, readonly string[]>>
  readonly documents: Readonly<Record<string, readonly string[]>>
  /** By effect, group, action and folder. */
  readonly grants: Readonly<Record<string, unknown>>
}

interface Report {
  N: number
  T: number
}

/** Decisions per second; null where the program does not run. */
export function opaRate(program: string, data: OpaData, input: unknown): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'opa-'))
  try {
    writeFileSync(join(folder, 'policy.rego'), policy)
    writeFileSync(join(folder, 'data.json'), JSON.stringify(data))
    writeFileSync(join(folder, 'input.json'), JSON.stringify(input))
    const args = ['bench', '--format', 'json', '-d', 'policy.rego', '-d', 'data.json']
    const { status, stdout } = spawnSync(
      program,
      [...args, '-i', 'input.json', 'data.authz.allow'],
      { cwd: folder, encoding: 'utf8' },
    )
    if (status !== 0) return null
    const { N, T }: Report = JSON.parse(stdout)
    return N / (T / 1e9)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
