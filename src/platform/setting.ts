// One setting as the environment has it.

export type Environment = Readonly<Record<string, string | undefined>>

/** An empty one is as unset. */
export function text(env: Environment, name: string): string | null {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? null : value
}
