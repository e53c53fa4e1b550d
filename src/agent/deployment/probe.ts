// What TLS clients are served: asked with a handshake of their own, from here, trusting nobody.
import { isIP } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { Probe } from '../../trust/connectors/deploy/contract.ts'
import { DeploymentFailure, oneLine } from './failure.ts'
import { fingerprintOf } from './material.ts'

/** Bounds of the time that a server has until it serves what it was given. */
export interface ProbePace {
  attemptsMax: number
  pauseMs: number
}

export interface Asked extends Probe {
  /** Of the certificate that is expected; a server with two shows the one of this kind. */
  keyType: string | undefined
}

const timeoutMs = 5_000
/** A worker of before may take one more connection after it was told to end. */
const inARow = 3

/**
 * Asks every probe until each has seen `expected` several times in a row.
 * @throws {DeploymentFailure} that tells what is served instead.
 */
export async function untilServed(
  probes: readonly Asked[],
  expected: readonly (string | null)[],
  { attemptsMax, pauseMs }: ProbePace,
): Promise<void> {
  for (const [at, probe] of probes.entries()) {
    const wanted = expected[at] ?? null
    let seen = 0
    for (let attempt = 1; seen < inARow; attempt += 1) {
      const served = await servedBy(probe).catch((error: Error) => error)
      seen = served === wanted ? seen + 1 : 0
      if (seen > 0) continue
      if (attempt >= attemptsMax) {
        const told = served instanceof Error ? `does not answer: ${served.message}` : other(served)
        throw new DeploymentFailure(oneLine(`${probe.host}:${probe.port} ${told}`))
      }
      await delay(pauseMs)
    }
  }
}

const other = (served: string) => `still serves another certificate (${served})`

/** What each probe sees now; null where nobody answers. */
export function servedNow(probes: readonly Asked[]): Promise<(string | null)[]> {
  return Promise.all(probes.map((probe) => servedBy(probe).catch(() => null)))
}

async function servedBy(probe: Asked): Promise<string> {
  const only = signaturesOf(probe.keyType)
  if (only === undefined) return handshake(probe)
  // Of before the renewal there may be a certificate with a key of another kind.
  return handshake(probe, only).catch(() => handshake(probe))
}

function signaturesOf(keyType: string | undefined): string | undefined {
  if (keyType === 'ec') return ['256', '384', '512'].map((bits) => `ECDSA+SHA${bits}`).join(':')
  if (keyType !== 'rsa') return undefined
  return ['256', '384', '512'].flatMap((bits) => [`RSA-PSS+SHA${bits}`, `RSA+SHA${bits}`]).join(':')
}

function handshake({ host, port, serverName }: Probe, sigalgs?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      // It is asked which certificate there is, not whether it is trusted.
      rejectUnauthorized: false,
      ciphers: 'DEFAULT:@SECLEVEL=0',
      minVersion: 'TLSv1.2',
      ...(serverName === null || isIP(serverName) !== 0 ? {} : { servername: serverName }),
      ...(sigalgs === undefined ? {} : { sigalgs }),
    })
    const fail = (why: string) => {
      socket.destroy()
      reject(new Error(why))
    }
    socket.setTimeout(timeoutMs, () => fail(`no handshake within ${timeoutMs / 1000} s`))
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => fail('the connection was closed'))
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate === undefined) return fail('no certificate is served')
      resolve(fingerprintOf(certificate.raw))
      socket.destroy()
    })
  })
}
