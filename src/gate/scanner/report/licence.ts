// Licences as lock files state them, told apart: SPDX expressions, and words.

export type Licence =
  | { kind: 'id'; id: string }
  | { kind: 'expression'; expression: string }
  /** Anything else, as it was stated. */
  | { kind: 'words'; words: string }

export function readLicence(stated: string): Licence {
  const text = stated.replace(/\s+/g, ' ').trim().slice(0, licenceCharsMax)
  const id = licenceIds.get(text.toLowerCase())
  if (id !== undefined) return { kind: 'id', id }
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  const expression = tokens.map((token) => operators.get(token.toUpperCase()) ?? known(token))
  if (tokens.length < 2 || !isExpression(expression)) return { kind: 'words', words: text }
  const joined = expression.join(' ').replace(/\( /g, '(').replace(/ \)/g, ')')
  return { kind: 'expression', expression: joined }
}

const licenceCharsMax = 500

/** Grammar of SPDX, Annex D, for the licences below. */
function isExpression(tokens: readonly (string | null)[]): tokens is string[] {
  let depth = 0
  let wantsLicence = true
  for (const token of tokens) {
    if (token === null) return false
    if (token === '(') {
      if (!wantsLicence) return false
      depth++
    } else if (token === ')') {
      if (wantsLicence || --depth < 0) return false
    } else if (token === 'AND' || token === 'OR' || token === 'WITH') {
      if (wantsLicence) return false
      wantsLicence = true
    } else if (!wantsLicence) {
      return false
    } else {
      wantsLicence = false
    }
  }
  return depth === 0 && !wantsLicence
}

const operators = new Map(['AND', 'OR', 'WITH', '(', ')'].map((word) => [word, word]))

function known(token: string): string | null {
  const lower = token.toLowerCase()
  return licenceIds.get(lower) ?? exceptions.get(lower) ?? null
}

/** Of the SPDX list, what packages are in fact under; the rest is kept as words. */
export const licenceIds = byLowerCase(`
  0BSD AFL-2.1 AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0
  Artistic-2.0 BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause
  BSD-3-Clause-Clear BSD-3-Clause-LBNL BSD-4-Clause BSL-1.0 BUSL-1.1 bzip2-1.0.6 CC-BY-3.0
  CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CPL-1.0 curl ECL-2.0 EFL-2.0
  Elastic-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GPL-1.0-or-later GPL-2.0 GPL-2.0-only
  GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later HPND ICU IJG ISC JSON LGPL-2.0-only
  LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only
  LGPL-3.0-or-later libpng-2.0 MIT MIT-0 MIT-CMU MPL-1.1 MPL-2.0 MS-PL MS-RL NCSA OFL-1.1 OpenSSL
  OSL-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Python-2.0.1 Ruby SSPL-1.0 Unicode-3.0
  Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C W3C-20150513 WTFPL X11 Zlib zlib-acknowledgement
  ZPL-2.0 ZPL-2.1`)

const exceptions = byLowerCase(`
  Classpath-exception-2.0 GCC-exception-3.1 LLVM-exception OpenSSL-exception Autoconf-exception-3.0
  Bison-exception-2.2 Font-exception-2.0 Linux-syscall-note Universal-FOSS-exception-1.0`)

function byLowerCase(words: string): ReadonlyMap<string, string> {
  return new Map(words.split(/\s+/).flatMap((word) => (word ? [[word.toLowerCase(), word]] : [])))
}
