// Refuses what a command does not know. citty takes any option and drops it, so that a mistyped
// `--fail-no` would quietly change what a build waits for.
import { parseArgs } from 'node:util'
import type { ArgDef, ArgsDef } from 'citty'
import { didYouMean } from '../gate/scanner/project/did-you-mean.ts'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} for the first argument that `args` does not provide for. */
export function checkArguments(args: ArgsDef, raw: readonly string[]): void {
  const known = new Map(optionsOf(args))
  const places = Object.values(args).filter(({ type }) => type === 'positional')
  // A last one whose hint ends in dots, such as FILE…, takes all that follow.
  const many = places.at(-1)?.valueHint?.endsWith('…') === true
  let positionals = many ? Number.POSITIVE_INFINITY : places.length
  for (const token of tokensOf(args, raw)) {
    if (token.kind === 'positional' && positionals-- === 0) {
      throw new UsageError(`unexpected argument "${token.value}"`)
    }
    if (token.kind === 'option') checkOption(known, token)
  }
}

/** Every value of an option that may be repeated, in their order. */
export function valuesOf(args: ArgsDef, raw: readonly string[], name: string): string[] {
  return tokensOf(args, raw).flatMap((token) =>
    token.kind === 'option' && token.name === name && token.value !== undefined
      ? [token.value]
      : [],
  )
}

/** Everything that stands for itself, in its order. */
export function positionalsOf(args: ArgsDef, raw: readonly string[]): string[] {
  return tokensOf(args, raw).flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
}

interface OptionToken {
  name: string
  rawName: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function checkOption(known: ReadonlyMap<string, ArgDef>, token: OptionToken): void {
  const { name, rawName, value, inlineValue } = token
  const negated = name.startsWith('no-') ? known.get(name.slice(3)) : undefined
  const definition = known.get(name)
  if (definition === undefined && negated?.type !== 'boolean') {
    const names = [...known].map(([each, { type, default: value }]) =>
      type === 'boolean' && value === true ? `--no-${each}` : `--${each}`,
    )
    throw new UsageError(`unknown option ${rawName}${didYouMean(rawName, names)}`)
  }
  if ((definition ?? negated)?.type === 'boolean') {
    if (inlineValue) throw new UsageError(`${rawName} takes no value`)
  } else if (value === undefined || value === '' || (!inlineValue && /^-./.test(value))) {
    throw new UsageError(`${rawName} needs a value`)
  }
  const allowed = definition?.type === 'enum' ? (definition.options ?? []) : []
  if (value !== undefined && allowed.length > 0 && !allowed.includes(value)) {
    throw new UsageError(
      `${rawName} does not take "${value}"${didYouMean(value, allowed)}`,
      `It takes ${allowed.join(', ')}.`,
    )
  }
}

function optionsOf(args: ArgsDef): [string, ArgDef][] {
  return Object.entries(args).flatMap(([name, definition]) => {
    if (definition.type === 'positional') return []
    const aliases = 'alias' in definition ? [definition.alias ?? []].flat() : []
    return [name, ...aliases].map((each): [string, ArgDef] => [each, definition])
  })
}

function tokensOf(args: ArgsDef, raw: readonly string[]) {
  const options = Object.fromEntries(
    optionsOf(args).map(([name, { type }]) => {
      const short = name.length === 1 ? { short: name } : {}
      return [name, { type: type === 'boolean' ? 'boolean' : 'string', ...short } as const]
    }),
  )
  return parseArgs({ args: [...raw], options, strict: false, tokens: true }).tokens
}
