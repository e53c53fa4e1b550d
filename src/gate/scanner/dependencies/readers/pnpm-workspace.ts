// pnpm-workspace.yaml: names no package, but says whose package.json belongs to the lock file.
import { folderOf, linkOfGlob } from '../paths.ts'
import { pnpmWorkspaceGlobs } from './npm-project.ts'
import type { Reader } from './reader.ts'

export const pnpmWorkspace: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'pnpm-workspace.yaml',
  links: (source) =>
    pnpmWorkspaceGlobs(source)
      .filter((glob) => !glob.startsWith('!'))
      .flatMap((glob) => linkOfGlob(folderOf(source.path), glob) ?? []),
}
