// Takes the fields of one mapping out, each once, checked; what is left over is an error.

export class RuleError extends Error {
  override name = 'RuleError'
}

export class Fields {
  readonly where: string
  private readonly left: Map<string, unknown>

  /** `where` opens every message. Throws `RuleError` when `value` is no mapping. */
  constructor(value: unknown, where: string) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new RuleError(`${where}: must be a mapping, is ${describe(value)}`)
    }
    this.where = where
    this.left = new Map(Object.entries(value))
  }

  has(key: string): boolean {
    return this.left.has(key)
  }

  text(key: string): string {
    const value = this.take(key)
    if (typeof value !== 'string' || value.trim() === '') this.refuse(key, value, 'a text')
    return value.trim()
  }

  textOr<Default>(key: string, absent: Default): string | Default {
    return this.left.has(key) ? this.text(key) : absent
  }

  matching(key: string, pattern: RegExp, accepted: string): string {
    const value = this.text(key)
    if (!pattern.test(value)) this.refuse(key, value, accepted)
    return value
  }

  matchingOr(key: string, pattern: RegExp, accepted: string, absent: string): string {
    return this.left.has(key) ? this.matching(key, pattern, accepted) : absent
  }

  numberOr(key: string, min: number, max: number, absent: number): number {
    if (!this.left.has(key)) return absent
    const value = this.take(key)
    if (typeof value !== 'number' || !(value >= min && value <= max)) {
      this.refuse(key, value, `a number from ${min} to ${max}`)
    }
    return value
  }

  oneOf<Choice extends string>(key: string, choices: readonly Choice[]): Choice {
    const value = this.take(key)
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) this.refuse(key, value, `one of ${choices.join(', ')}`)
    return choice
  }

  oneOfOr<Choice extends string, Default>(
    key: string,
    choices: readonly Choice[],
    absent: Default,
  ): Choice | Default {
    return this.left.has(key) ? this.oneOf(key, choices) : absent
  }

  list(key: string): string[] {
    const value = this.take(key)
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string' || item === '')) {
      this.refuse(key, value, 'a list of texts')
    }
    return value
  }

  listOr(key: string, absent: string[]): string[] {
    return this.left.has(key) ? this.list(key) : absent
  }

  listOfOr<Choice extends string>(key: string, choices: readonly Choice[]): Choice[] {
    return this.listOr(key, []).map((item) => {
      const choice = choices.find((candidate) => candidate === item)
      if (choice === undefined) this.refuse(key, item, `of ${choices.join(', ')}`)
      return choice
    })
  }

  /** One text, or a list of them. */
  textsOr(key: string, absent: string[]): string[] {
    const value = this.left.get(key)
    return typeof value === 'string' ? [this.text(key)] : this.listOr(key, absent)
  }

  /** As it stands, for forms of the caller's own; `undefined` where it is missing. */
  raw(key: string): unknown {
    return this.take(key)
  }

  items(key: string): unknown[] {
    const value = this.take(key)
    if (!Array.isArray(value) || value.length === 0) this.refuse(key, value, 'a list')
    return value
  }

  /** For what the caller checks itself. */
  anything(key: string): unknown {
    return this.take(key)
  }

  child(key: string): Fields {
    return new Fields(this.take(key), `${this.where}: ${key}`)
  }

  childOr(key: string): Fields | null {
    return this.left.has(key) ? new Fields(this.take(key), `${this.where}: ${key}`) : null
  }

  /** Which of `keys` stands here; it is not taken. */
  exactlyOne<Key extends string>(keys: readonly Key[]): Key {
    const present = keys.filter((key) => this.left.has(key))
    const [only] = present
    if (only === undefined || present.length > 1) {
      const found = present.length === 0 ? 'none' : present.join(' and ')
      throw new RuleError(`${this.where}: needs exactly one of ${keys.join(', ')}, has ${found}`)
    }
    return only
  }

  nothingElse(): void {
    const [unknown] = this.left.keys()
    if (unknown !== undefined) {
      throw new RuleError(`${this.where}: unknown or misplaced key ${JSON.stringify(unknown)}`)
    }
  }

  private take(key: string): unknown {
    const value = this.left.get(key)
    this.left.delete(key)
    return value
  }

  refuse(key: string, value: unknown, accepted: string): never {
    throw new RuleError(`${this.where}: ${key} must be ${accepted}, is ${describe(value)}`)
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  return JSON.stringify(value).slice(0, 80)
}
