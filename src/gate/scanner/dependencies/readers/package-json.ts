// package.json, where no lock file says what is really installed.
import { keyText, parseJson, walkJsonKeys } from '../formats/json.ts'
import { folderOf, linkOfGlob } from '../paths.ts'
import { hasNpmLock, requirementsOf, workspaceGlobs } from './npm-project.ts'
import { readNpmSpec } from './npm-spec.ts'
import type { Reader } from './reader.ts'

export const packageJson: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'package.json',
  links({ path, text }) {
    if (!/"(?:\w*[dD]ependencies|workspaces)"/.test(text)) return null
    const globs = workspaceGlobs(parseJson(text)).filter((glob) => !glob.startsWith('!'))
    return globs.flatMap((glob) => linkOfGlob(folderOf(path), glob) ?? [])
  },
  read({ path, text }, packages, unit) {
    if (hasNpmLock(unit, folderOf(path))) return
    const requirements = requirementsOf(parseJson(text))
    const places = placesOf(text)
    for (const { name, spec, section, development } of requirements) {
      const { isLocal, ...meant } = readNpmSpec(name, spec)
      const place = places.get(`${section}/${name}`) ?? { start: 0, end: 0 }
      if (!isLocal) packages.add(name, { ...meant, ...place, direct: true, development })
    }
  },
}

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  let section = ''
  walkJsonKeys(text, (key) => {
    if (key.depth > 1) {
      places.set(`${section}/${keyText(text, key)}`, { start: key.start, end: key.end })
      return false
    }
    section = keyText(text, key)
    return /^(?:d|devD|optionalD)ependencies$/.test(section)
  })
  return places
}
