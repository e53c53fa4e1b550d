// Paths as manifests write them, relative to the file that names them and always inside the root.

/** `''` for the root. */
export const folderOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))

export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** `path` as seen from `folder`; null where it leaves the root or is absolute. */
export function resolvePath(folder: string, path: string): string | null {
  if (/^(?:[/~\\]|[a-z]:)/i.test(path) || path.length > pathCharsMax) return null
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of path.split(/[/\\]/)) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return null
  }
  return parts.join('/')
}

const pathCharsMax = 1000

export const joinPath = (folder: string, name: string) =>
  folder === '' ? name : `${folder}/${name}`

/** The folder and all above it, the nearest first; the last is the root. */
export function foldersUpwards(folder: string): string[] {
  const folders = [folder]
  for (let at = folder; at !== ''; ) {
    at = folderOf(at)
    folders.push(at)
  }
  return folders
}

/**
 * The link (see `Membership`) that covers a glob of folders: as narrow as links can say, wider
 * where a star stands in the middle.
 */
export function linkOfGlob(folder: string, glob: string): string | null {
  const parts = glob.split('/').filter((part) => part !== '' && part !== '.')
  const star = parts.findIndex((part) => /[*?{[(]/.test(part))
  if (star === -1) return resolvePath(folder, parts.join('/'))
  const above = resolvePath(folder, parts.slice(0, star).join('/'))
  if (above === null) return null
  const isShallow = star === parts.length - 1 && parts[star] !== '**'
  return joinPath(above, isShallow ? '*' : '**')
}
