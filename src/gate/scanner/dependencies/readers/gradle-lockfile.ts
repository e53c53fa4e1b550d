// Gradle's gradle.lockfile: a module and version per line, and the configurations that resolve it.
import type { Reader } from './reader.ts'

export const gradleLockfile: Reader = {
  ecosystem: 'Maven',
  reads: (name) => /^(?:buildscript-)?gradle\.lockfile$/.test(name),
  read({ text }, packages) {
    for (const found of text.matchAll(/^([^#\s:=]+):([^\s:=]+):([^\s:=]+)=([^\n]*)/gm)) {
      const [, group = '', artifact = '', version = '', list = ''] = found
      const configurations = list.trim().split(',')
      packages.add(`${group}:${artifact}:${version}`, {
        name: `${group}:${artifact}`,
        version,
        start: found.index,
        end: found.index + group.length + 1 + artifact.length,
        development: configurations.every((name) => /^test|TestC|AndroidTest/.test(name)),
      })
    }
  },
}
