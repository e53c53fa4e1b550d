// From a weakness to the controls that it speaks against, each step visible: weakness, proof,
// control, and how sure the link is.
import type { Catalogue, Confidence, Proof } from './framework.ts'

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

/** In the order of frameworks and controls; one control may be reached on several ways. */
export function linksOf({ frameworks, proofs }: Catalogue, weakness: Weakness): Link[] {
  const kinds = [...proofs].flatMap(([name, proof]) => (tells(proof, weakness) ? [name] : []))
  return [...frameworks.values()].flatMap(({ id: framework, controls }) =>
    controls.flatMap(({ id: control, proven_by }) =>
      kinds.flatMap((proof) => {
        const confidence = proven_by[proof]
        return confidence === undefined ? [] : [{ proof, framework, control, confidence }]
      }),
    ),
  )
}

function tells(proof: Proof, { cwe, scanType }: Weakness): boolean {
  if (scanType !== null && proof.scan_types.includes(scanType)) return true
  return cwe !== null && proof.cwe.includes(Number(cwe.replace('CWE-', '')))
}
