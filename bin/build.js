// Emits the JavaScript of src/ into build/, for the published package: Node refuses to strip types
// below node_modules. Every other file of src (migrations, schemas) goes along, so that paths
// relative to a module hold in both trees. Either the whole new build stands or the old one.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare } from './prepare.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src')
const target = join(root, 'build')

await prepare(root)
const parent = join(root, 'node_modules/.cache')
mkdirSync(parent, { recursive: true })
const fresh = mkdtempSync(join(parent, 'panthera-build-'))
try {
  emit(join(fresh, 'new'))
  copyData(join(fresh, 'new'))
  if (existsSync(target)) renameSync(target, join(fresh, 'old'))
  renameSync(join(fresh, 'new'), target)
} catch (error) {
  process.stderr.write(`build: ${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true, force: true })
}

function emit(folder) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '--project', join(root, 'tsconfig.build.json'), '--outDir', folder]
  // The compiler's words belong to standard error: `npm pack --json` owns standard output.
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the sources do not compile, see above; build/ is unchanged')
}

function copyData(folder) {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || isCode(entry.name)) continue
    const path = relative(source, join(entry.parentPath ?? entry.path, entry.name))
    if (/(^|[/\\])fixtures[/\\]/.test(path)) continue
    cpSync(join(source, path), join(folder, path))
  }
}

function isCode(name) {
  return name.endsWith('.ts') || /\.(test|fixture)\./.test(name)
}
