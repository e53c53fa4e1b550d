// A setting that cannot be used, said in one line: the variable, its value and what is accepted.

export class ConfigError extends Error {
  constructor(variable: string, value: string, accepted: string) {
    super(`${variable}=${value} is not accepted: ${accepted}`)
    this.name = 'ConfigError'
  }
}
