// Sizes of files, and numbers of migrations.
import type { Tree } from './tree.ts'

export interface FileSize {
  path: string
  bytes: number
}

const bytesMax = 1_000_000

export function findLargeFiles(files: readonly FileSize[]): string[] {
  return files
    .filter(({ path, bytes }) => bytes > bytesMax && !/^(vendor|data)\//.test(path))
    .map(
      ({ path, bytes }) => `${path}:1 has ${bytes} bytes; outside vendor/ and data/ at most 1 MB`,
    )
}

/** `0001-name.sql` and on without gaps: the number is the order in which they run. */
export function findMisnumberedMigrations(tree: Tree): string[] {
  const names = [...tree.keys()]
    .filter((path) => path.startsWith('src/migrations/'))
    .map((path) => path.slice('src/migrations/'.length))
    .sort()
  return names.flatMap((name, index) => {
    const number = String(index + 1).padStart(4, '0')
    const isRight = new RegExp(`^${number}-[a-z0-9-]+\\.sql$`).test(name)
    return isRight ? [] : [`src/migrations/${name}:1 should be ${number}-<name>.sql`]
  })
}
