// Copies of JavaScript libraries that lie in the tree, which no lock file names.
import { bannerChars, mayBeLibrary, readBanner } from './javascript-banner.ts'
import type { Reader } from './reader.ts'

export const javascriptLibrary: Reader = {
  ecosystem: 'npm',
  reads: (_, path) => mayBeLibrary(path),
  recognises: (bytes, path) => {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, bannerChars))
    return readBanner(path, head.toString('latin1')) !== null
  },
  read({ path, text }, packages, unit) {
    const library = readBanner(path, text)
    if (library === null) return
    const { name, version, start, end } = library
    // Beside what it was minified from, it is the same copy.
    const source = unit.get(path.replace(/[.-]min(?=\.js$)/i, ''))
    const twin = source === undefined ? null : readBanner(source.path, source.text)
    if (source?.path !== path && twin?.name === name && twin.version === version) return
    packages.add(name, { name, version, start, end, direct: true, development: false })
  },
}
