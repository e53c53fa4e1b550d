// All resources that the modules of a unit declare, evaluated from its roots.
import type { Resource } from '../../resource.ts'
import type { Work } from '../evaluate/work.ts'
import type { ParsedFile } from '../syntax/tree.ts'
import { evaluateBody } from './blocks.ts'
import { localFolder } from './called.ts'
import { defineModule, type ModuleDefinition } from './definition.ts'
import { ModuleInstance } from './instance.ts'

/**
 * Roots are the modules that nobody in the unit calls; of modules that call each other in a
 * circle, the first. Each root is a scope: only within it may resources refer to one another.
 */
export function resourcesOfUnit(files: readonly ParsedFile[], work: Work): Resource[] {
  const definitions = defineModules(files)
  const resources: Resource[] = []
  for (const root of rootsOf(definitions)) {
    work.beginRoot()
    const calling = { prefix: '', args: new Map(), definitions, above: [] }
    collect(new ModuleInstance(root, calling, work), root.folder, resources)
  }
  return resources
}

function defineModules(files: readonly ParsedFile[]): Map<string, ModuleDefinition> {
  const folders = new Map<string, ParsedFile[]>()
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const folder = file.path.slice(0, Math.max(file.path.lastIndexOf('/'), 0))
    const inFolder = folders.get(folder)
    if (inFolder === undefined) folders.set(folder, [file])
    else inFolder.push(file)
  }
  return new Map(Array.from(folders, ([folder, own]) => [folder, defineModule(folder, own)]))
}

function rootsOf(definitions: ReadonlyMap<string, ModuleDefinition>): ModuleDefinition[] {
  const calls = new Map(
    Array.from(definitions.values(), ({ folder, calls }) => {
      const called = Array.from(calls.values(), ({ source }) => localFolder(folder, source))
      return [folder, called.filter((one) => one !== null)] as const
    }),
  )
  const called = new Set(
    [...calls].flatMap(([folder, folders]) => folders.filter((other) => other !== folder)),
  )
  const roots = [...definitions.values()].filter(({ folder }) => !called.has(folder))
  const reached = new Set<string>()
  const reach = (from: string) => {
    const pending = [from]
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      if (reached.has(folder)) continue
      reached.add(folder)
      pending.push(...(calls.get(folder) ?? []))
    }
  }
  for (const { folder } of roots) reach(folder)
  for (const definition of definitions.values()) {
    if (reached.has(definition.folder)) continue
    roots.push(definition)
    reach(definition.folder)
  }
  return roots
}

function collect(module: ModuleInstance, scope: string, resources: Resource[]): void {
  const { work } = module.scope
  for (const resource of module.resources.all(scope)) {
    if (work.ended) return
    resources.push(resource)
  }
  for (const source of module.data.all(scope)) {
    if (work.ended) return
    resources.push({ ...source, type: `data.${source.type}` })
  }
  for (const setting of settingsOf(module, scope)) {
    if (work.instances(1) === 0) return
    resources.push(setting)
  }
  for (const called of module.modules.all()) {
    if (work.ended) return
    collect(called, scope, resources)
  }
}

/** `provider` and `terraform` blocks, and calls of modules: checks may be about these, too. */
function* settingsOf(
  { definition, calling, scope: names }: ModuleInstance,
  scope: string,
): Generator<Resource> {
  const calls = Array.from(definition.calls.values(), ({ block }) => block)
  for (const block of [...definition.settings, ...calls]) {
    const address = [`${calling.prefix}${block.type}`, ...block.labels].join('.')
    const body = evaluateBody(block.body, block.place, names)
    const { type, place } = block
    yield { platform: 'terraform', type, address, body, place, scope }
  }
}
