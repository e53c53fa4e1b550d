// Name servers that take updates themselves (RFC 2136), as BIND, Knot and PowerDNS do.
import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { z } from 'zod'
import { OutboundFailed, OutboundRefused } from '../../../../../platform/outbound/index.ts'
import { Refused, Unreachable } from '../../contract.ts'
import {
  classes,
  DnsMalformed,
  encodeHeader,
  encodeQuestion,
  encodeResource,
  type Message,
  parseMessage,
  types,
} from './message.ts'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { sign, type TsigKey, tsigErrors, verify } from './tsig.ts'

const name = z.string().min(1).max(253)
const labels = name.regex(
  /^([^.]{1,63}\.)*[^.]{1,63}\.?$/,
  'must be a DNS name with labels of at most 63 characters',
)

export const Rfc2136Settings = z.strictObject({
  type: z.literal('rfc2136'),
  server: name.describe('Host name or address of the primary name server'),
  port: z.int().min(1).max(65_535).default(53),
  zone: labels.optional().describe('Found by asking the server unless given'),
  keyName: labels.describe('Of the TSIG key'),
  keyAlgorithm: z.enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512']).default('hmac-sha256'),
  keySecret: z.base64().min(8).max(1_000).describe('Of the TSIG key, Base64'),
})
type Settings = z.infer<typeof Rfc2136Settings>

const operations = { query: 0, update: 5 } as const
const timeoutMs = 10_000

/** RFC 1035, section 4.1.1, and RFC 2136, section 2.2. */
const codes: Readonly<Record<number, string>> = {
  1: 'it does not understand the update (FORMERR)',
  4: 'it takes no updates (NOTIMP)',
  5: 'it refuses the update: allow the key to update the zone (REFUSED)',
  9: 'it does not serve the zone, or not to this key (NOTAUTH)',
  10: 'the name is not in the zone (NOTZONE)',
}

const signatureFaults: Readonly<Record<number, string>> = {
  [tsigErrors.badSignature]: 'it does not take the signature: compare keySecret and keyAlgorithm',
  [tsigErrors.badKey]: 'it does not know the key: compare keyName',
  [tsigErrors.badTime]: 'its clock and ours differ by over five minutes',
}

export function createRfc2136(settings: Settings, parts: DnsParts): DnsProvider {
  const { keyName, keyAlgorithm, keySecret } = settings
  const key: TsigKey = {
    name: keyName.replace(/\.$/, ''),
    algorithm: keyAlgorithm,
    secret: Buffer.from(keySecret, 'base64'),
  }

  async function change({ name: owner, value }: TxtRecord, wanted: 'there' | 'gone') {
    const zone = settings.zone?.replace(/\.$/, '') ?? (await zoneOf(owner, settings, parts))
    const text = Buffer.from(value, 'latin1')
    const data = Buffer.concat([Buffer.of(text.length), text])
    const update =
      wanted === 'there'
        ? { class: classes.in, ttl: recordSeconds }
        : // This value alone (section 2.5.4).
          { class: classes.none, ttl: 0 }
    const message = Buffer.concat([
      encodeHeader(randomInt(65_536), operations.update, [1, 0, 1, 0]),
      encodeQuestion(zone, types.soa),
      encodeResource({ name: owner, type: types.txt, data, ...update }),
    ])
    await sendSigned(message, { settings, parts, key, zone })
  }

  return {
    put: (record) => change(record, 'there'),
    remove: (record) => change(record, 'gone'),
  }
}

async function sendSigned(
  message: Buffer,
  about: { settings: Settings; parts: DnsParts; key: TsigKey; zone: string },
): Promise<void> {
  const { settings, parts, key, zone } = about
  const now = parts.now()
  const { bytes, mac } = sign(message, key, now)
  const answer = await exchange(bytes, settings, parts)
  const { code } = read(answer, message, settings)
  const where = `${settings.server}, zone ${zone}`
  const fault = readSafely(() => verify(answer, key, { mac, now }), settings, code)
  if (fault !== 0) {
    throw new Refused(`${where}: ${signatureFaults[fault] ?? `signature error ${fault}`}`)
  }
  if (code === 0) return
  if (code === 2) throw new Unreachable(`${where}: it cannot update now (SERVFAIL)`)
  throw new Refused(`${where}: ${codes[code] ?? `it answered code ${code}`}`)
}

/** The zone is what the server calls one: it names its SOA in the answer. */
async function zoneOf(owner: string, settings: Settings, parts: DnsParts): Promise<string> {
  for (const zone of zonesAbove(owner)) {
    const query = Buffer.concat([
      encodeHeader(randomInt(65_536), operations.query, [1, 0, 0, 0]),
      encodeQuestion(zone, types.soa),
    ])
    const { answers } = read(await exchange(query, settings, parts), query, settings)
    const found = answers.find(({ type, name: own }) => type === types.soa && own === zone)
    if (found !== undefined) return zone
  }
  throw new Refused(`${settings.server} serves no zone for ${owner}: set settings.dns.zone`)
}

function read(answer: Buffer, asked: Buffer, settings: Settings): Message {
  const message = readSafely(() => parseMessage(answer), settings, 0)
  if (message.id === asked.readUInt16BE(0)) return message
  throw new Unreachable(`${settings.server} answered another question`)
}

function readSafely<Result>(work: () => Result, { server }: Settings, code: number): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DnsMalformed)) throw error
    // Some refuse without a signature.
    const said = code === 0 ? error.message : (codes[code] ?? `it answered code ${code}`)
    throw code === 0 ? new Unreachable(`${server}: ${said}`) : new Refused(`${server}: ${said}`)
  }
}

/** Over TCP, where a message has its length before it (RFC 7766). */
async function exchange(message: Buffer, settings: Settings, parts: DnsParts): Promise<Buffer> {
  const { server, port } = settings
  const [host = ''] = await permitted(settings, parts)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const socket = connect({ host, port, timeout: timeoutMs })
  const timer = setTimeout(() => socket.destroy(new Error('ETIMEDOUT')), timeoutMs)
  const received: Buffer[] = []
  socket.on('connect', () => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length, 0)
    socket.write(Buffer.concat([length, message]))
  })
  socket.on('data', (chunk) => {
    received.push(chunk)
    const all = Buffer.concat(received)
    if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return
    resolve(all.subarray(2, 2 + all.readUInt16BE(0)))
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('it closed the connection')))
  try {
    return await promise
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Unreachable(`${server}:${port} did not answer: ${said}`, { cause: error })
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

async function permitted({ server, port }: Settings, { outbound }: DnsParts): Promise<string[]> {
  try {
    return await outbound.resolve(server, port)
  } catch (error) {
    if (error instanceof OutboundRefused || error instanceof OutboundFailed) {
      throw new Unreachable(error.message, { cause: error })
    }
    throw error
  }
}
