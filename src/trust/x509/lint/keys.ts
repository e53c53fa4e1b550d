// Lints on keys and signatures (CA/Browser Forum Baseline Requirements 6.1.5, 6.1.6 and 7.1.3).

import type { Lint, Specimen } from './lint.ts'
import { primesBelow } from './primes.ts'

const practice = '2012-07-01'
const from2013 = '2013-02-21'
/** Of keys that nobody uses the arithmetic would take minutes. */
const modulusBitsMax = 16_384

const isRsa = ({ certificate: { publicKey } }: Specimen) =>
  publicKey.type === 'RSA' && (publicKey.size ?? 0) <= modulusBitsMax
const isEc = ({ certificate }: Specimen) => certificate.publicKey.type === 'EC'
const curves = ['P-256', 'P-384', 'P-521']

const modulusOf = ({ certificate }: Specimen) => bigintOf(certificate.publicKey.rsa?.modulus)
const exponentOf = ({ certificate }: Specimen) => bigintOf(certificate.publicKey.rsa?.exponent)

function bigintOf(bytes: Uint8Array | undefined): bigint {
  return bytes === undefined || bytes.length === 0
    ? 0n
    : BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

const smallPrimes = primesBelow(752).reduce((product, prime) => product * BigInt(prime), 1n)

function sharesFactor(a: bigint, b: bigint): boolean {
  let [high, low] = [a, b]
  while (low > 0n) [high, low] = [low, high % low]
  return high !== 1n
}

const fermatRounds = 100

/** Whether both primes lie so close that trying a few near the root finds them. */
function isFermatWeak(modulus: bigint): boolean {
  if (modulus <= 3n || modulus % 2n === 0n) return false
  let middle = squareRoot(modulus)
  if (middle * middle < modulus) middle += 1n
  for (let round = 0; round < fermatRounds; round++, middle += 1n) {
    const square = middle * middle - modulus
    if (!mayBeSquare(square)) continue
    const root = squareRoot(square)
    if (root * root === square) return true
  }
  return false
}

const residues = [64, 63, 65, 11].map((modulus) => ({
  modulus,
  squares: new Set(Array.from({ length: modulus }, (_, n) => (n * n) % modulus)),
}))

/** Tells of nearly all others that they are none, without taking a root. */
function mayBeSquare(value: bigint): boolean {
  const rest = Number(value % 2_882_880n)
  return residues.every(({ modulus, squares }) => squares.has(rest % modulus))
}

function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1)
  while (true) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

export const keyLints: readonly Lint[] = [
  {
    name: 'e_rsa_mod_less_than_2048_bits',
    source: 'CABF_BR',
    says: 'The RSA key has less than 2048 bits.',
    applies: (specimen) =>
      isRsa(specimen) && specimen.certificate.validTo >= new Date('2014-01-01'),
    finds: ({ certificate }) => (certificate.publicKey.size ?? 0) < 2048,
  },
  {
    name: 'w_rsa_mod_not_odd',
    source: 'CABF_BR',
    from: from2013,
    says: 'The RSA modulus is even.',
    applies: isRsa,
    finds: (specimen) => modulusOf(specimen) % 2n === 0n,
  },
  {
    name: 'w_rsa_mod_factors_smaller_than_752',
    source: 'CABF_BR',
    from: from2013,
    says: 'The RSA modulus has a factor below 752.',
    applies: isRsa,
    finds: (specimen) => sharesFactor(modulusOf(specimen), smallPrimes),
  },
  {
    name: 'e_rsa_public_exponent_not_odd',
    source: 'CABF_BR',
    from: from2013,
    says: 'The RSA exponent is even.',
    applies: isRsa,
    finds: (specimen) => exponentOf(specimen) % 2n === 0n,
  },
  {
    name: 'e_rsa_public_exponent_too_small',
    source: 'CABF_BR',
    from: from2013,
    says: 'The RSA exponent is below 3.',
    applies: isRsa,
    finds: (specimen) => exponentOf(specimen) < 3n,
  },
  {
    name: 'w_rsa_public_exponent_not_in_range',
    source: 'CABF_BR',
    from: from2013,
    says: 'The RSA exponent is not between 65537 and 2^256.',
    applies: isRsa,
    finds: (specimen) => exponentOf(specimen) < 65_537n || exponentOf(specimen) >= 1n << 256n,
  },
  {
    name: 'e_rsa_fermat_factorization',
    source: 'Community',
    says: 'The primes of the RSA key lie so close that it can be factored.',
    applies: isRsa,
    finds: (specimen) => isFermatWeak(modulusOf(specimen)),
  },
  {
    name: 'e_ec_improper_curves',
    source: 'CABF_BR',
    says: 'The curve is none of P-256, P-384 and P-521.',
    applies: isEc,
    finds: ({ certificate }) => !curves.includes(certificate.publicKey.parameterSet ?? ''),
  },
  {
    name: 'e_br_prohibit_dsa_usage',
    source: 'CABF_BR',
    from: '2020-08-20',
    says: 'The key is of DSA.',
    finds: ({ certificate }) => certificate.publicKey.type === 'DSA',
  },
  {
    name: 'e_signature_algorithm_not_supported',
    source: 'CABF_BR',
    says: 'The signature is of a kind that is not allowed, such as MD5 or Ed25519.',
    finds: ({ certificate: { signatureAlgorithm } }) => {
      const { key, hash } = signatureAlgorithm
      const kind = key === 'RSA' || key === 'RSA-PSS' || key === 'EC' || key === 'DSA'
      return !kind || !['sha1', 'sha256', 'sha384', 'sha512'].includes(hash ?? '')
    },
  },
  {
    name: 'e_sub_cert_or_sub_ca_using_sha1',
    source: 'CABF_BR',
    from: '2016-01-01',
    says: 'It is signed with SHA-1.',
    finds: ({ certificate }) => certificate.signatureAlgorithm.hash === 'sha1',
  },
  {
    name: 'e_public_key_type_not_allowed',
    source: 'CABF_BR',
    from: practice,
    says: 'The key is of a kind that is not allowed, such as one for RSA-PSS alone.',
    finds: ({ certificate }) => ['unknown', 'RSA-PSS'].includes(certificate.publicKey.type),
  },
]
