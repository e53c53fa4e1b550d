// The texts of a source of advisories: a file, a zip, or a folder of either at any depth.
import { opendir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isAdvisoryFile } from '../../scanner/dependencies/advisories/formats/read.ts'
import { download, isUrl } from './download.ts'
import { AdvisoryInputError } from './input-error.ts'
import { type SourceLimits, sourceLimits } from './limits.ts'
import { readZip, type ZipText } from './zip.ts'

/**
 * In no particular order. Symbolic links are not followed, hidden folders not entered.
 *
 * @throws {AdvisoryInputError} for what is not there, broken, or over a limit.
 */
export async function* sourceTexts(
  source: string,
  env: NodeJS.ProcessEnv,
  limits: SourceLimits = sourceLimits,
): AsyncIterable<ZipText> {
  if (isUrl(source)) {
    yield* readZip(await download(source, env, limits), source, isAdvisoryFile)
    return
  }
  const stats = await statOf(source)
  if (stats.isDirectory()) yield* folderTexts(source, limits)
  else if (stats.isFile()) yield* fileTexts(source, source, limits)
  else throw new AdvisoryInputError(`${source} is neither a file nor a folder`)
}

async function* folderTexts(root: string, limits: SourceLimits): AsyncIterable<ZipText> {
  let files = 0
  let bytes = 0
  for await (const path of walk(root)) {
    files += 1
    bytes += (await statOf(path)).size
    if (files > limits.filesMax) {
      throw new AdvisoryInputError(`${root} holds more than ${limits.filesMax} files`)
    }
    if (bytes > limits.bytesMax) {
      throw new AdvisoryInputError(`${root} holds more than ${limits.bytesMax} bytes`)
    }
    yield* fileTexts(path, relative(root, path).split(sep).join('/'), limits)
  }
}

async function* walk(folder: string, depth = 0): AsyncIterable<string> {
  if (depth > depthMax) throw new AdvisoryInputError(`${folder} lies more than ${depthMax} deep`)
  const entries = await opendir(folder).catch((error: unknown) => {
    throw unreadable(folder, error)
  })
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !skipped.test(entry.name)) yield* walk(path, depth + 1)
    if (entry.isFile() && (isZip(path) || isAdvisoryFile(path))) yield path
  }
}

const depthMax = 32
const skipped = /^(?:\.|node_modules$)/
const isZip = (path: string) => /\.zip$/i.test(path)

async function* fileTexts(
  path: string,
  name: string,
  limits: SourceLimits,
): AsyncIterable<ZipText> {
  const zip = isZip(path)
  const { size } = await statOf(path)
  const max = zip ? limits.zipBytesMax : limits.fileBytesMax
  if (size > max) {
    throw new AdvisoryInputError(`${path} has ${size} bytes, and at most ${max} are accepted`)
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  // A zip by its content, too: downloads lose their names.
  if (zip || bytes.subarray(0, 4).equals(zipStart)) yield* readZip(bytes, path, isAdvisoryFile)
  else yield { path: name, text: bytes.toString('utf8') }
}

const zipStart = Buffer.from('PK\x03\x04')

async function statOf(path: string) {
  return await stat(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
}

function unreadable(path: string, error: unknown): AdvisoryInputError {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`
  return new AdvisoryInputError(`${path} ${reason}`)
}
