// Signs with a key that never leaves its token.
import { createHash, type KeyObject } from 'node:crypto'
import { importPublicKey } from '../x509/algorithm.ts'
import * as write from '../x509/der/writer.ts'
import { type Signer, schemeOf, verifies } from '../x509/signer.ts'
import { TokenFault } from './fault.ts'
import { privateKeyOf, type TokenKey } from './key-pair.ts'
import type { Session, TokenAccess, Tokens } from './token.ts'

const mechanisms = { rsa: 0x1, ec: 0x1041, ed25519: 0x1057 } as const
const signatureBytesMax = 2_048

/** `access` is asked at each signature: a PIN may have changed. Throws TokenFault when it signs. */
export function createTokenSigner(
  tokens: Tokens,
  key: TokenKey,
  access: () => Promise<TokenAccess> | TokenAccess,
): Signer {
  const publicKey = importPublicKey(key.publicKeyInfo)
  if (publicKey === null) throw new TokenFault('no_key', `key ${key.id} is none that signs`)
  const scheme = schemeOf(publicKey)
  return {
    algorithm: scheme.algorithm,
    publicKeyInfo: key.publicKeyInfo,
    async sign(bytes) {
      const wanted = await access()
      const signature = await tokens.use(wanted, 'sign', (session) =>
        signOn(session, key.id, prepared(publicKey, scheme.hash, bytes)),
      )
      const encoded = publicKey.asymmetricKeyType === 'ec' ? ecdsaValue(signature) : signature
      // Another key under the same id would sign as well.
      if (!verifies(publicKey, scheme.hash, bytes, encoded)) {
        throw new TokenFault('no_key', `the token signs with another key than ${key.id}`)
      }
      return encoded
    },
  }
}

async function signOn(
  session: Session,
  id: string,
  { mechanism, input }: ReturnType<typeof prepared>,
): Promise<Buffer> {
  const { pkcs11, handle, keys } = session
  const key = keys.get(id) ?? privateKeyOf(session, id)
  keys.set(id, key)
  pkcs11.C_SignInit(handle, { mechanism }, key)
  return pkcs11.C_SignAsync(handle, input, Buffer.alloc(signatureBytesMax))
}

/** The hash is ours, so that little goes to the token; all tokens take it so. */
function prepared(publicKey: KeyObject, hash: string | null, bytes: Uint8Array) {
  if (hash === null) return { mechanism: mechanisms.ed25519, input: Buffer.from(bytes) }
  const digest = createHash(hash).update(bytes).digest()
  if (publicKey.asymmetricKeyType === 'ec') return { mechanism: mechanisms.ec, input: digest }
  const info = write.sequence(
    write.sequence(write.oid('2.16.840.1.101.3.4.2.1'), write.nullValue),
    write.octetString(digest),
  )
  return { mechanism: mechanisms.rsa, input: Buffer.from(info) }
}

/** Tokens give r and s beside each other. */
function ecdsaValue(raw: Buffer): Uint8Array {
  const half = raw.length / 2
  return write.sequence(
    write.unsignedInteger(raw.subarray(0, half)),
    write.unsignedInteger(raw.subarray(half)),
  )
}
