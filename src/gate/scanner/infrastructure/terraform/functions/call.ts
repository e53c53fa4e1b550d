// The functions of Terraform's language by name. Those that read files, the clock or chance, and
// those that providers bring, are not here: their results are unknown.
import type { Place, Value } from '../../resource.ts'
import { isFaulty, unknown } from '../evaluate/value.ts'
import type { Work } from '../evaluate/work.ts'
import { collectionFunctions } from './collections.ts'
import { conversionFunctions } from './conversions.ts'
import { encodingFunctions } from './encodings.ts'
import type { TerraformFunction } from './function.ts'
import { listFunctions } from './lists.ts'
import { networkFunctions } from './networks.ts'
import { numberFunctions } from './numbers.ts'
import { setFunctions } from './sets.ts'
import { textFunctions } from './texts.ts'

const functions: ReadonlyMap<string, TerraformFunction> = new Map(
  [
    collectionFunctions,
    conversionFunctions,
    encodingFunctions,
    listFunctions,
    networkFunctions,
    numberFunctions,
    setFunctions,
    textFunctions,
  ].flatMap((table) => Object.entries(table)),
)

/** Enough to find what an unknown result is made of. */
const causesMax = 50

export function callFunction(
  name: string,
  args: readonly Value[],
  place: Place,
  work: Work,
): Value {
  const called = functions.get(name.replace(/^core::/, ''))
  if (called === undefined || !work.take(args.length) || args.some(isFaulty)) {
    return unknown(place, ...args.slice(0, causesMax))
  }
  return called(args, place, work) ?? unknown(place, ...args.slice(0, causesMax))
}
