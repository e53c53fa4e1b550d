// Frameworks as data: their controls, and what shows that one holds. Files in, values out.
import { parse } from 'yaml'
import { z } from 'zod'

export const confidences = ['high', 'medium', 'low'] as const
export type Confidence = (typeof confidences)[number]

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)

const ControlText = z.strictObject({
  id: z.string().min(1).max(40),
  title: z.string().min(1).max(200),
  /** How many requirements it has of its own, numbered from 1 below its id. */
  parts: z.int().min(1).max(99).optional(),
  proven_by: z.record(name, z.enum(confidences)).default({}),
})

const FrameworkText = z.strictObject({
  id: name,
  title: z.string().min(1).max(200),
  version: z.string().min(1).max(100),
  publisher: z.string().min(1).max(200),
  /** What may be said under which terms. */
  terms: z.string().min(1).max(500),
  /** What controls may have below them: `6.2.4` below 6.2, or `AC-2(1)` below AC-2. */
  parts: z.enum(['numbered', 'enhancements']).optional(),
  controls: z.array(ControlText).min(1).max(2_000),
})
export type Framework = z.infer<typeof FrameworkText>
export type Control = Framework['controls'][number]

const ProofText = z.strictObject({
  title: z.string().min(1).max(200),
  /** The scanner's engines that look for it. */
  engines: z.array(z.enum(['code', 'dependencies', 'secrets', 'infrastructure'])).default([]),
  /** Kinds of scans whose every finding is about it. */
  scan_types: z.array(z.string()).default([]),
  cwe: z.array(z.int().min(1)).default([]),
  /** Those of them for which there must be rules before silence says anything. */
  core: z.array(z.int().min(1)).default([]),
  /** What of the platform's own records tells of it. */
  records: z.array(z.enum(['packs', 'certificates', 'decisions', 'identity', 'audit'])).default([]),
})
export type Proof = z.infer<typeof ProofText>

export interface Catalogue {
  /** By id. */
  frameworks: ReadonlyMap<string, Framework>
  /** By name. */
  proofs: ReadonlyMap<string, Proof>
}

/** The file that says what the frameworks' `proven_by` mean. */
export const proofsFile = 'proofs.yaml'

export class FrameworkFault extends Error {
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`)
    this.name = 'FrameworkFault'
  }
}

/** Of all files of the folder, by name. Throws FrameworkFault, which names file and place. */
export function readCatalogue(files: ReadonlyMap<string, string>): Catalogue {
  const proofText = files.get(proofsFile) ?? ''
  const proofs = new Map(Object.entries(valid(proofsFile, z.record(name, ProofText), proofText)))
  for (const [name, { core, cwe }] of proofs) {
    const strange = core.find((one) => !cwe.includes(one))
    if (strange === undefined) continue
    throw new FrameworkFault(proofsFile, `${name}: core has ${strange}, which cwe has not`)
  }
  const frameworks = new Map<string, Framework>()
  for (const [file, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (file === proofsFile) continue
    const framework = valid(file, FrameworkText, text)
    checkFramework(file, framework, proofs)
    frameworks.set(framework.id, framework)
  }
  return { frameworks, proofs }
}

function valid<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  text: string,
): z.output<Schema> {
  const parsed = schema.safeParse(parse(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new FrameworkFault(file, `${issue?.path.join('.')}: ${issue?.message}`)
}

function checkFramework(
  file: string,
  { id, controls }: Framework,
  proofs: ReadonlyMap<string, Proof>,
): void {
  if (file !== `${id}.yaml`) throw new FrameworkFault(file, `must be named ${id}.yaml`)
  const seen = new Set<string>()
  for (const control of controls) {
    if (seen.has(control.id)) throw new FrameworkFault(file, `has ${control.id} twice`)
    seen.add(control.id)
    const unknown = Object.keys(control.proven_by).find((proof) => !proofs.has(proof))
    if (unknown === undefined) continue
    throw new FrameworkFault(file, `${control.id}: ${proofsFile} has no ${unknown}`)
  }
}

/**
 * The control of this id, or the one that it is a part of. Null where the framework has neither.
 * A leading `V`, as ASVS has it, may be left out.
 */
export function controlOf(framework: Framework, id: string): Control | null {
  return framework.controls.find((control) => isOf(framework, control, id)) ?? null
}

function isOf({ parts }: Framework, control: Control, id: string): boolean {
  const own = control.id
  if (id === own || `V${id}` === own) return true
  const below = [own, own.replace(/^V(?=\d)/, '')].find((start) => id.startsWith(start))
  if (below === undefined) return false
  const rest = id.slice(below.length)
  if (control.parts !== undefined) {
    const [, number] = /^\.([1-9]\d?)$/.exec(rest) ?? []
    return number !== undefined && Number(number) <= control.parts
  }
  // How many there are below each is not listed; no framework has more.
  if (parts === 'numbered') return /^(?:\.(?:[1-9]|1\d)){1,2}$/.test(rest)
  return parts === 'enhancements' && /^\((?:[1-9]|[12]\d|3[0-2])\)$/.test(rest)
}
