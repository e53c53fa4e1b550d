// pyproject.toml and Pipfile, where no lock file says what is really installed.
import { parseToml } from '../formats/toml.ts'
import { fieldAt, textsOf } from '../formats/value.ts'
import type { PackageGraph } from '../package-graph.ts'
import { folderOf, foldersUpwards, joinPath, linkOfGlob } from '../paths.ts'
import {
  type ProjectRequirement,
  pipfileRequirements,
  pyprojectRequirements,
  requirementPlaces,
} from './python-project.ts'
import type { Reader } from './reader.ts'

const lockNames = ['poetry.lock', 'uv.lock', 'pdm.lock', 'pylock.toml']

export const pyproject: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'pyproject.toml',
  links({ path, text }) {
    // Most only set up tools.
    if (!/dependencies|dependency-groups|workspace/.test(text)) return null
    const members = textsOf(fieldAt(parseToml(text), 'tool', 'uv', 'workspace', 'members'))
    return members.flatMap((glob) => linkOfGlob(folderOf(path), glob) ?? [])
  },
  read({ path, text }, packages, unit) {
    const folder = folderOf(path)
    const isLocked = lockNames.some((name) => unit.has(joinPath(folder, name)))
    // A workspace of uv has its one lock file at its root.
    const isMember = foldersUpwards(folder).some((above) => unit.has(joinPath(above, 'uv.lock')))
    if (!isLocked && !isMember) addAll(text, pyprojectRequirements(parseToml(text)), packages)
  },
}

export const pipfile: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'Pipfile',
  read({ path, text }, packages, unit) {
    if (unit.has(joinPath(folderOf(path), 'Pipfile.lock'))) return
    addAll(text, pipfileRequirements(parseToml(text)), packages)
  },
}

function addAll(
  text: string,
  requirements: readonly ProjectRequirement[],
  packages: PackageGraph,
): void {
  const places = requirementPlaces(text)
  for (const { isLocal, ...requirement } of requirements) {
    const { start, end } = places.get(requirement.name) ?? { start: 0, end: 0 }
    if (!isLocal) packages.add(requirement.name, { ...requirement, start, end, direct: true })
  }
}
