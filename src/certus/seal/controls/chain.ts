// From a weakness to the controls that it speaks against, each step visible: weakness, proof,
// control, and how sure the link is.
import { parentsOf } from './cwe-parents.ts'
import { type Catalogue, type Confidence, confidences, type Proof } from './framework.ts'

export interface Weakness {
  /** `CWE-89`; null where the finding names none. */
  cwe: string | null
  scanType: string | null
}

export interface Link {
  /** The kind of weaknesses that the finding belongs to. */
  proof: string
  framework: string
  control: string
  confidence: Confidence
}

/**
 * In the order of frameworks and controls; one control may be reached on several ways. A weakness
 * that no proof names is taken as its parent, and the link is the less sure the further that is.
 */
export function linksOf({ frameworks, proofs }: Catalogue, weakness: Weakness): Link[] {
  const kinds = proofsOf(proofs, weakness)
  if (kinds.size === 0) return []
  return [...frameworks.values()].flatMap(({ id: framework, controls }) =>
    controls.flatMap(({ id: control, proven_by }) =>
      [...kinds].flatMap(([proof, distance]) => {
        const own = proven_by[proof]
        if (own === undefined) return []
        const confidence = confidences[confidences.indexOf(own) + distance]
        return confidence === undefined ? [] : [{ proof, framework, control, confidence }]
      }),
    ),
  )
}

/** The proofs that tell of the weakness, with how many steps up it took. */
export function proofsOf(
  proofs: ReadonlyMap<string, Proof>,
  { cwe, scanType }: Weakness,
): Map<string, number> {
  const named = namedIn(proofs)
  const steps = cwe === null ? [] : stepsUp(named, Number(cwe.replace('CWE-', '')))
  // Senders may make up any number of weaknesses that no proof knows.
  if (scanType === null && !isNamed(named, steps.at(-1))) return new Map()
  const kinds = new Map<string, number>()
  for (const [name, proof] of proofs) {
    const distance = steps.findIndex((level) => level.some((one) => proof.cwe.includes(one)))
    const isOfScan = scanType !== null && proof.scan_types.includes(scanType)
    if (isOfScan) kinds.set(name, 0)
    else if (distance !== -1) kinds.set(name, distance)
  }
  return kinds
}

/** The weakness, or, while no proof names what is reached, its parents and theirs. */
function stepsUp(named: ReadonlySet<number>, cwe: number): number[][] {
  const steps = [[cwe]]
  while (steps.length < confidences.length) {
    const level = steps.at(-1) ?? []
    if (isNamed(named, level)) break
    steps.push(level.flatMap((one) => parentsOf(one)))
  }
  return steps
}

function isNamed(named: ReadonlySet<number>, level: readonly number[] = []): boolean {
  return level.some((one) => named.has(one))
}

const known = new WeakMap<Catalogue['proofs'], ReadonlySet<number>>()

/** Every weakness that some proof names. */
function namedIn(proofs: Catalogue['proofs']): ReadonlySet<number> {
  const named = known.get(proofs) ?? new Set([...proofs.values()].flatMap(({ cwe }) => cwe))
  known.set(proofs, named)
  return named
}
