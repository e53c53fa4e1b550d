// Cedar's decimal: 64 bits counted in ten-thousandths.
import { integer } from '../integer.ts'
import type { Call, Extension } from '../value.ts'

const form = /^(-?)0*([0-9]{1,16})\.([0-9]{1,4})$/

export class Decimal implements Extension {
  readonly extension = 'decimal'
  readonly canonical: string
  readonly units: bigint

  constructor(units: bigint) {
    this.units = units
    this.canonical = String(units)
  }

  get written(): Call {
    const digits = String(this.units < 0n ? -this.units : this.units).padStart(5, '0')
    const sign = this.units < 0n ? '-' : ''
    return { fn: 'decimal', arg: `${sign}${digits.slice(0, -4)}.${digits.slice(-4)}` }
  }
}

/** From text such as `-1.25`; undefined where it is no decimal or too large for one. */
export function readDecimal(text: string): Decimal | undefined {
  const parts = form.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = parts
  const units = BigInt(whole) * 10_000n + BigInt(fraction.padEnd(4, '0'))
  const signed = sign === '-' ? -units : units
  return integer(signed) === undefined ? undefined : new Decimal(signed)
}
