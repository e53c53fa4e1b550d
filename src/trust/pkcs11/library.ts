// Libraries of PKCS #11, each loaded once in a process; only those that the operator lists.
import type { PKCS11 } from 'pkcs11js'
import { returnValueOf, TokenFault } from './fault.ts'

export type Pkcs11Package = typeof import('pkcs11js')

export interface Library {
  path: string
  pkcs11: PKCS11
}

const alreadyInitialized = 0x191
const osLocking = 2

/** Throws TokenFault where the package or the library cannot be loaded. */
export type Libraries = (path: string) => Promise<Library>

/** A library keeps its state in the process: two of one path would disturb each other. */
const loaded = new Map<string, Library>()

export function librariesOf(allowed: readonly string[]): Libraries {
  return async (path) => {
    if (!allowed.includes(path)) {
      const list = allowed.length === 0 ? 'none' : allowed.join(', ')
      const message = `the library is not one of PANTHERA_PKCS11_LIBRARIES, which lists ${list}`
      throw new TokenFault('library', message)
    }
    const known = loaded.get(path)
    if (known !== undefined) return known
    const { PKCS11: Constructor } = await loadPackage()
    const again = loaded.get(path)
    if (again !== undefined) return again
    const library = { path, pkcs11: start(new Constructor(), path) }
    loaded.set(path, library)
    return library
  }
}

/** It is native and optional: the server starts without it. */
async function loadPackage(): Promise<Pkcs11Package> {
  try {
    const { default: found } = (await import('pkcs11js')) as unknown as { default: Pkcs11Package }
    return found
  } catch (error) {
    const message =
      'keys on tokens need the package pkcs11js, which was not installed here: install a C++ ' +
      'compiler, make and Python, then run npm install pkcs11js'
    throw new TokenFault('package_missing', message, { cause: error })
  }
}

function start(pkcs11: PKCS11, path: string): PKCS11 {
  try {
    pkcs11.load(path)
  } catch (error) {
    throw new TokenFault('library', `${path} cannot be loaded as a library of PKCS #11`, {
      cause: error,
    })
  }
  try {
    pkcs11.C_Initialize({ flags: osLocking })
  } catch (error) {
    if (returnValueOf(error) !== alreadyInitialized) {
      throw new TokenFault('library', `${path} does not initialize`, { cause: error })
    }
  }
  return pkcs11
}
