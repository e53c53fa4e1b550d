// pip's requirements files, written by people, by `pip freeze` or by pip-compile, which says in
// comments what each package is there for.
import type { PackageGraph, PackageNode } from '../package-graph.ts'
import { folderOf, resolvePath } from '../paths.ts'
import type { ProjectFile, UnitFiles } from '../unit-files.ts'
import { isForDevelopment, pythonName, readPythonRequirement } from './python-requirement.ts'
import type { Reader } from './reader.ts'
import { type RequirementLine, requirementLines } from './requirements-form.ts'

export const requirements: Reader = {
  ecosystem: 'PyPI',
  reads: (name, path) =>
    fileName.test(name) ||
    /^requirements?\.in$/i.test(name) ||
    (/\.(?:txt|in)$/.test(name) && folderName.test(path)),
  links(source) {
    const lines = requirementLines(source)
    const files = lines.flatMap(({ option, value }) =>
      option === 'include' || option === 'constraint'
        ? (resolvePath(folderOf(source.path), value) ?? [])
        : [],
    )
    return lines.length === 0 ? null : files.map(folderOf)
  },
  read,
}

const fileName =
  /^(?:[\w.]+[-_.])?(?:requirements?|reqs?|constraints)(?:[-_.][\w.-]+)?\.(?:txt|pip)$/i
const folderName = /(?:^|\/)(?:requirements?|reqs?)\/[^/]+$/i

function read(source: ProjectFile, packages: PackageGraph, unit: UnitFiles): void {
  const { path } = source
  // Constraints say which version, were a package asked for; they ask for none.
  if (/constraints/i.test(path.slice(path.lastIndexOf('/') + 1))) return
  if (path.endsWith('.in') && unit.has(path.replace(/\.in$/, '.txt'))) return
  const lines = unit.once(source, requirementLines, [])
  const pins = constraintsOf(lines, folderOf(path), unit)
  const hasReasons = lines.some(({ via }) => via.length > 0)
  const isDevelopment = isForDevelopment(path)
  const nodes = new Map<string, PackageNode & { dependsOn: string[] }>()
  for (const line of lines) {
    const requirement = line.option === null ? readPythonRequirement(line.value) : line.place
    if (requirement === null) continue
    const { name, origin } = requirement
    const version = requirement.version ?? (origin === null ? (pins.get(name) ?? null) : null)
    const isAsked = !hasReasons && (requirement.version === null || origin !== null)
    nodes.set(nodes.has(name) ? `${name}@${version}` : name, {
      ...requirement,
      version,
      start: line.start,
      end: line.end,
      direct: isAsked ? true : null,
      development: isDevelopment,
      dependsOn: [],
      integrity: line.hashes.length === 1 ? (line.hashes[0] ?? null) : null,
    })
  }
  if (hasReasons) addReasons(lines, nodes, packages, isDevelopment)
  for (const [id, node] of nodes) packages.add(id, node)
}

function addReasons(
  lines: readonly RequirementLine[],
  nodes: ReadonlyMap<string, { dependsOn: string[] }>,
  packages: PackageGraph,
  development: boolean,
): void {
  for (const { option, value, via } of lines) {
    const name = option === null ? readPythonRequirement(value)?.name : undefined
    if (name === undefined) continue
    for (const reason of via) {
      // `-r requirements.in`, or `project (pyproject.toml)`; `-c` is no reason to install.
      if (/^-r\b|\((?:pyproject|setup)\.\w+/.test(reason)) packages.require(name, { development })
      else nodes.get(pythonName(reason.replace(/\[.*/, '')))?.dependsOn.push(name)
    }
  }
}

function constraintsOf(
  lines: readonly RequirementLine[],
  folder: string,
  unit: UnitFiles,
): ReadonlyMap<string, string> {
  const pins = new Map<string, string>()
  for (const { option, value } of lines) {
    const file = option === 'constraint' ? unit.get(resolvePath(folder, value) ?? '') : undefined
    if (file === undefined) continue
    for (const line of unit.once(file, requirementLines, [])) {
      const found = line.option === null ? readPythonRequirement(line.value) : null
      if (found?.version && !pins.has(found.name)) pins.set(found.name, found.version)
    }
  }
  return pins
}
