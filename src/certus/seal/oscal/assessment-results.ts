// A pack as OSCAL assessment results (NIST, 1.1.2 and newer): one result for each framework of
// which something was tested. The same pack gives the same bytes.
import type { Catalogue, Framework } from '../controls/framework.ts'
import type { JsonObject } from '../json/read.ts'
import { type Assessed, assessedFrameworks, findingOf } from './findings.ts'
import { controlToken, lineOf } from './names.ts'
import {
  collectedOf,
  type Kind,
  keyOfKind,
  keyOfResult,
  kindObservation,
  kindsOf,
  resultObservation,
} from './observations.ts'
import type { AssessedPack } from './pack.ts'
import { uuid5 } from './uuid.ts'

/** Of all names that are made here. */
const namespace = '5f6b0a63-6a5a-5a0e-9a41-0f9f0f3f8f5e'
const ns = 'urn:panthera:oscal:1'
const oscalVersion = '1.1.2'
/** Observations that no control names. */
const kindsMax = 1_000

/** @param frameworks only these, where given */
export function assessmentResults(
  pack: AssessedPack,
  catalogue: Catalogue,
  frameworks?: readonly string[] | null,
): JsonObject {
  const own = uuid5(namespace, `${pack.log.origin} ${pack.log.index} ${pack.digest}`)
  const uuidOf = (key: string) => uuid5(own, key)
  const kinds = kindsOf(catalogue, pack.findings)
  const { controlResults } = pack
  const parts = assessedFrameworks(catalogue, { controlResults, kinds }, frameworks).filter(
    ({ assessed }) => assessed.length > 0,
  )
  const about = { pack, kinds, uuidOf }
  const results =
    parts.length > 0 ? parts.map((part) => resultOf(about, part)) : [resultOfNone(about, catalogue)]
  return {
    'assessment-results': {
      uuid: own,
      metadata: metadataOf(pack),
      'import-ap': { href: `#${uuidOf('no plan')}` },
      results,
      'back-matter': { resources: resourcesOf(about) },
    },
  }
}

interface About {
  pack: AssessedPack
  kinds: readonly Kind[]
  uuidOf: (key: string) => string
}

function metadataOf({
  id,
  repository,
  commit,
  branch,
  storedAt,
  computed,
  log,
  digest,
}: AssessedPack) {
  const props = {
    'evidence-pack-id': id,
    repository,
    commit,
    branch,
    grade: computed.grade,
    score: String(computed.score),
    'formula-version': String(computed.formula_version),
    'content-sha-256': digest,
    'log-origin': log.origin,
    'log-index': String(log.index),
  }
  return {
    title: lineOf(`Automated assessment of ${repository} at ${commit.slice(0, 12)}`),
    'last-modified': storedAt,
    version: '1',
    'oscal-version': oscalVersion,
    props: Object.entries(props).map(([name, value]) => ({ name, ns, value: lineOf(value) })),
  }
}

function resultOf(
  { pack, kinds, uuidOf }: About,
  { framework, assessed }: { framework: Framework; assessed: readonly Assessed[] },
): JsonObject {
  const at = collectedOf(pack, uuidOf('pack'))
  const named = new Set(
    assessed.flatMap(({ against }) => against.map(({ kind }) => keyOfKind(kind))),
  )
  const observations = [
    ...kinds
      .filter((kind) => named.has(keyOfKind(kind)))
      .map((kind) => {
        return kindObservation(kind, uuidOf(keyOfKind(kind)), at)
      }),
    ...assessed.flatMap(({ result }) =>
      result === null ? [] : [resultObservation(result, uuidOf(keyOfResult(result)), at)],
    ),
  ]
  return {
    uuid: uuidOf(`framework ${framework.id}`),
    title: lineOf(`${framework.title}, ${framework.version}`),
    description: 'What automated tests of one commit showed. Nothing else was assessed.',
    start: at.collected,
    'reviewed-controls': { 'control-selections': [selectionOf(framework, assessed)] },
    observations,
    findings: assessed.map((one) => findingOf(framework, one, uuidOf)),
  }
}

function selectionOf(framework: Framework, assessed: readonly Assessed[]): JsonObject {
  const tested = new Set(assessed.map(({ control }) => control))
  const [included, excluded] = [true, false].map((wanted) =>
    framework.controls
      .filter(({ id }) => tested.has(id) === wanted)
      .map(({ id }) => ({ 'control-id': controlToken(framework.id, id) })),
  )
  return {
    description: 'Controls of which something was tested; the others are excluded, not passed.',
    'include-controls': included ?? [],
    ...(excluded === undefined || excluded.length === 0 ? {} : { 'exclude-controls': excluded }),
  }
}

/** A document must have a result. */
function resultOfNone({ pack, kinds, uuidOf }: About, { frameworks }: Catalogue): JsonObject {
  const at = collectedOf(pack, uuidOf('pack'))
  const shown = kinds
    .slice(0, kindsMax)
    .map((kind) => kindObservation(kind, uuidOf(keyOfKind(kind)), at))
  const left = kinds.length - shown.length
  return {
    uuid: uuidOf('no framework'),
    title: 'No control was tested',
    description: 'The pack has no result for a control, and no finding that speaks of one.',
    start: at.collected,
    'reviewed-controls': {
      // None, which the schema says only so.
      'control-selections': [
        {
          description: 'Of all controls none was tested, so nothing is said of any.',
          'include-all': {},
          'exclude-controls': [...frameworks.values()].flatMap(({ id: framework, controls }) =>
            controls.map(({ id }) => ({ 'control-id': controlToken(framework, id) })),
          ),
        },
      ],
    },
    ...(shown.length === 0 ? {} : { observations: shown }),
    ...(left > 0 ? { remarks: `${left} more kinds of findings are in the pack.` } : {}),
  }
}

function resourcesOf({ pack, uuidOf }: About): JsonObject[] {
  const scanners = Object.entries(pack.scannerVersions).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const said = scanners.map(([name, version]) => `${name} ${version}`).join(', ')
  return [
    {
      uuid: uuidOf('no plan'),
      title: 'No assessment plan',
      description:
        'The tests are those of the scanners named with the evidence pack; no plan was written.',
    },
    {
      uuid: uuidOf('pack'),
      title: lineOf(`Evidence pack ${pack.id}`),
      description: lineOf(
        `Sealed content with SHA-256 ${pack.digest}, entry ${pack.log.index} of the log ` +
          `${pack.log.origin}. ${said === '' ? 'No scanner versions were sent.' : `By ${said}.`}`,
      ),
      rlinks: [
        {
          href: `evidence/${encodeURIComponent(pack.id)}/bundle`,
          'media-type': 'application/json',
        },
      ],
    },
  ]
}
