// Maven's pom.xml: what it asks for directly. What these need in turn only stands in
// what `mvn dependency:tree` prints.
import { Unreadable } from '../formats/unreadable.ts'
import { folderOf } from '../paths.ts'
import { readPom } from './maven-model.ts'
import { isPomPath, MavenReactor } from './maven-reactor.ts'
import { hasMavenTree } from './maven-tree.ts'
import { statedVersion } from './maven-version.ts'
import type { Reader } from './reader.ts'

export const pom: Reader = {
  ecosystem: 'Maven',
  reads: (_, path) => isPomPath(path),
  links(source) {
    const { parent, modules } = readPom(source)
    const paths = parent?.path ? [parent.path, ...modules] : modules
    return paths.map((path) => (isPomPath(path) ? folderOf(path) : path))
  },
  read(source, packages, unit) {
    if (hasMavenTree(unit, folderOf(source.path))) return
    const model = readPom(source)
    const reactor = unit.whole(MavenReactor)
    const line = reactor.lineOf(model)
    for (const dependency of model.dependencies) {
      const name = reactor.nameOf(dependency, line)
      // What the project builds itself is no package.
      if (name === null || reactor.builds(name)) continue
      const managed = reactor.managed(name, model, () => packages.look())
      const scope = reactor.resolve(dependency.scope ?? managed?.scope ?? 'compile', line)
      const stated = dependency.version ?? managed?.version ?? reactor.familyVersion(name, line)
      const { start, end } = dependency
      packages.add(`${name} ${start}`, {
        name,
        ...statedVersion(reactor.resolve(stated ?? '', line)),
        start,
        end,
        direct: true,
        development: scope === 'test',
        origin: scope === 'system' ? dependency.systemPath : null,
      })
    }
    if (!model.isWhole) throw new Unreadable('not valid XML; read as far as possible')
  },
}
