// A cookie that a browser keeps after a login, valid for one account. Who has it guesses on a count
// of its own: strangers who guess cannot use up the tries of the owner's own browser.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../platform/secrets.ts'

export const deviceCookie = 'panthera.device'
export const deviceSeconds: number = 180 * 86_400

export interface Devices {
  issue(account: string): string
  /** The name of the device; null where the cookie is not of this account. */
  read(value: string | null, account: string): string | null
}

const label = 'login-device'

export function createDevices(secrets: Secrets): Devices {
  return {
    issue(account) {
      const id = randomBytes(12).toString('base64url')
      return `${id}.${mac(secrets.subkey(label), id, account).toString('base64url')}`
    },
    read(value, account) {
      const [id, given] = /^([\w-]{16})\.([\w-]{43})$/.exec(value ?? '')?.slice(1) ?? []
      if (id === undefined || given === undefined) return null
      const bytes = Buffer.from(given, 'base64url')
      const fits = [secrets.subkey(label), secrets.previousSubkey(label)].some(
        (key) => key !== null && timingSafeEqual(mac(key, id, account), bytes),
      )
      return fits ? id : null
    },
  }
}

function mac(key: Buffer, id: string, account: string): Buffer {
  return createHmac('sha256', key).update(`${id} ${account}`).digest()
}
