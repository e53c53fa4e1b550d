// What a rule finds and what it passes over, out of the proofs that stand beside the rules in a
// checkout; an installation comes without them.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from './package.ts'

export interface RuleProof {
  /** `javascript`, `terraform`: the folder of the proof. */
  language: string
  /** Lines of code that the rule finds. */
  found: string[]
  /** Lines that it passes over, each with why. */
  passed: { code: string; reason: string }[]
}

export async function proofsOf(ruleId: string): Promise<RuleProof[]> {
  const root = join(await packageRoot(), 'rules')
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries
    .filter((entry) => entry.isFile() && /\.test\.[^.]+$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const proofs: RuleProof[] = []
  for (const path of paths) {
    const text = await readFile(path, 'utf8')
    const proof = readProof(text, ruleId, isAbout(path, ruleId))
    const [, language = ''] = path.slice(root.length + 1).split('/')
    if (proof !== null) proofs.push({ language, ...proof })
  }
  return proofs
}

/** Where a file is one rule's own, all that it passes over is passed over by that rule. */
function isAbout(path: string, ruleId: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith(`${ruleId}.test.`)
}

function readProof(text: string, ruleId: string, own: boolean): Omit<RuleProof, 'language'> | null {
  if (!text.includes(ruleId)) return null
  const proof: Omit<RuleProof, 'language'> = { found: [], passed: [] }
  for (const line of text.split('\n')) {
    const [, code = '', kind = '', said = ''] = markForm.exec(line) ?? []
    if (code.trim() === '') continue
    const ids = said.split(/[\s,]+/)
    if (kind === 'expect' && ids.includes(ruleId) && proof.found.length < linesMax) {
      proof.found.push(code.trim())
    }
    if (kind === 'ok' && own && proof.passed.length < linesMax) {
      proof.passed.push({ code: code.trim(), reason: said.trim() })
    }
  }
  return proof.found.length === 0 ? null : proof
}

const markForm = /^(.*?)(?:\/\/|#|<!--|--|\/\*)\s*(expect|ok):\s*(.*?)\s*(?:-->|\*\/)?\s*$/
const linesMax = 4
