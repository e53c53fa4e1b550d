// What other tools call the rules for infrastructure, from the rules themselves.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** From the id of a rule of ours to what `tool` calls it: `trivy`, `checkov`, `zizmor`. */
export function aliasesOfOurs(tool: string): (rule: string) => readonly string[] {
  const rules = new URL('../rules/infrastructure', import.meta.url).pathname
  const named = new Map<string, string[]>()
  const walked = readdirSync(rules, { recursive: true, encoding: 'utf8' })
  for (const path of walked.filter((each) => /(?<!\.test)\.yaml$/.test(each))) {
    const text = readFileSync(join(rules, path), 'utf8')
    const { rules: list = [] } = parse(text) as { rules?: { id: string; aliases?: string[] }[] }
    for (const { id, aliases = [] } of list) {
      const own = aliases.filter((alias) => alias.startsWith(`${tool}:`))
      named.set(
        id,
        own.map((alias) => alias.slice(tool.length + 1).replace(/^AVD-/, '')),
      )
    }
  }
  return (rule) => named.get(rule) ?? []
}
