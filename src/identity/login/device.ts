// A cookie that a browser keeps after a login, valid for one account until what one logs in with
// changes there. Who has it guesses on a count of its own: strangers who guess cannot use up the
// tries of the owner's own browser.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../platform/secrets.ts'

export const deviceCookie = 'panthera.device'
export const deviceSeconds: number = 180 * 86_400

export interface Devices {
  /** For the device of that name, so that one browser has one count; a new one where it is null. */
  issue(epoch: string, device?: string | null): string
  /** The name of the device; null where the cookie is not of this account as it now is. */
  read(value: string | null, epoch: string): string | null
}

const label = 'login-device'

export function createDevices(secrets: Secrets): Devices {
  return {
    issue(epoch, device = null) {
      const id = device ?? randomBytes(12).toString('base64url')
      return `${id}.${mac(secrets.subkey(label), id, epoch).toString('base64url')}`
    },
    read(value, epoch) {
      const [id, given] = /^([\w-]{16})\.([\w-]{43})$/.exec(value ?? '')?.slice(1) ?? []
      if (id === undefined || given === undefined) return null
      const bytes = Buffer.from(given, 'base64url')
      const fits = [secrets.subkey(label), secrets.previousSubkey(label)].some(
        (key) => key !== null && timingSafeEqual(mac(key, id, epoch), bytes),
      )
      return fits ? id : null
    },
  }
}

function mac(key: Buffer, id: string, epoch: string): Buffer {
  return createHmac('sha256', key).update(`${id} ${epoch}`).digest()
}
