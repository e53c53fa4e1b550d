// RC2 in CBC mode (RFC 2268), to decrypt only: OpenSSL has put it away, and the certificates of
// most older PKCS #12 files are still behind it.
import { X509Error } from '../error.ts'

const table = Buffer.from(
  [
    'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2',
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82',
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626',
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7',
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec',
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731',
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9',
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  ].join(''),
  'hex',
)

export function decryptRc2(key: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Uint8Array {
  if (encrypted.length === 0 || encrypted.length % 8 !== 0) {
    throw new X509Error('malformed', 'encrypted bytes that are no whole number of blocks')
  }
  const words = expand(key)
  const plain = Buffer.from(encrypted)
  let before = Buffer.from(iv)
  for (let at = 0; at < plain.length; at += 8) {
    const block = Buffer.from(encrypted.subarray(at, at + 8))
    decryptBlock(plain, at, words)
    for (let index = 0; index < 8; index++) {
      plain[at + index] = (plain[at + index] ?? 0) ^ (before[index] ?? 0)
    }
    before = block
  }
  const padding = plain[plain.length - 1] ?? 0
  const right = padding >= 1 && padding <= 8 && plain.subarray(-padding).every((b) => b === padding)
  if (!right) throw new X509Error('wrong_password', 'the password does not open it')
  return plain.subarray(0, plain.length - padding)
}

/** Effective bits are all bits of the key, as PKCS #12 has it. */
function expand(key: Uint8Array): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  const pick = (value: number) => table[value & 0xff] ?? 0
  for (let at = key.length; at < 128; at++) {
    bytes[at] = pick((bytes[at - 1] ?? 0) + (bytes[at - key.length] ?? 0))
  }
  const start = 128 - key.length
  bytes[start] = pick(bytes[start] ?? 0)
  for (let at = start - 1; at >= 0; at--) {
    bytes[at] = pick((bytes[at + 1] ?? 0) ^ (bytes[at + key.length] ?? 0))
  }
  const view = new DataView(bytes.buffer)
  return Uint16Array.from({ length: 64 }, (_, index) => view.getUint16(index * 2, true))
}

const rotations = [1, 2, 3, 5]

function decryptBlock(block: Buffer, at: number, words: Uint16Array): void {
  const r = [0, 1, 2, 3].map((index) => block.readUInt16LE(at + index * 2))
  const word = (index: number) => r[index & 3] ?? 0
  for (let round = 15; round >= 0; round--) {
    for (let index = 3; index >= 0; index--) {
      const turn = rotations[index] ?? 0
      const value = ((word(index) >> turn) | (word(index) << (16 - turn))) & 0xffff
      const [one, two, three] = [word(index + 3), word(index + 2), word(index + 1)]
      const mix = (words[round * 4 + index] ?? 0) + (one & two) + (~one & three)
      r[index] = (value - mix) & 0xffff
    }
    if (round !== 5 && round !== 11) continue
    for (let index = 3; index >= 0; index--) {
      r[index] = (word(index) - (words[word(index + 3) & 63] ?? 0)) & 0xffff
    }
  }
  for (const [index, value] of r.entries()) block.writeUInt16LE(value, at + index * 2)
}
