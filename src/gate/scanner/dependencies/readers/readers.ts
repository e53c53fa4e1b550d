// All forms of lock files and manifests that are read. A new one is a file here and a line below.
import { nameOf } from '../paths.ts'
import { bunLock } from './bun-lock.ts'
import { cargoLock, cargoToml } from './cargo.ts'
import { composerInstalled, composerJson, composerLock } from './composer-lock.ts'
import { dotnetDeps } from './dotnet-deps.ts'
import { gemfile } from './gemfile.ts'
import { gemfileLock } from './gemfile-lock.ts'
import { goMod, goSum } from './go-mod.ts'
import { gradleBuild, gradleProperties } from './gradle-build.ts'
import { gradleCatalog } from './gradle-catalog.ts'
import { gradleLockfile } from './gradle-lockfile.ts'
import { javascriptLibrary } from './javascript-library.ts'
import { mavenTree } from './maven-tree.ts'
import { msbuildProject } from './msbuild-project.ts'
import { nugetLock, packagesConfig } from './nuget-lock.ts'
import { packageJson } from './package-json.ts'
import { packageLock } from './package-lock.ts'
import { pipfileLock } from './pipfile-lock.ts'
import { pnpmLock } from './pnpm-lock.ts'
import { pnpmWorkspace } from './pnpm-workspace.ts'
import { pom } from './pom.ts'
import { pdmLock, poetryLock, pylock } from './python-locks.ts'
import { pipfile, pyproject } from './python-manifests.ts'
import type { Reader } from './reader.ts'
import { requirements } from './requirements.ts'
import { sbtLock } from './sbt-lock.ts'
import { uvLock } from './uv-lock.ts'
import { yarnLock } from './yarn-lock.ts'

export const readers: readonly Reader[] = [
  bunLock,
  cargoLock,
  cargoToml,
  composerJson,
  composerInstalled,
  composerLock,
  dotnetDeps,
  gemfile,
  gemfileLock,
  goMod,
  goSum,
  gradleBuild,
  gradleCatalog,
  gradleLockfile,
  gradleProperties,
  javascriptLibrary,
  mavenTree,
  msbuildProject,
  nugetLock,
  packageJson,
  packageLock,
  packagesConfig,
  pipfileLock,
  pnpmLock,
  pnpmWorkspace,
  pom,
  pdmLock,
  poetryLock,
  pylock,
  pipfile,
  pyproject,
  requirements,
  sbtLock,
  uvLock,
  yarnLock,
]

export function readerOf(path: string): Reader | undefined {
  const name = nameOf(path)
  return readers.find((reader) => reader.reads(name, path))
}
