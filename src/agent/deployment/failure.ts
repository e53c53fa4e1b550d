// Why a deployment did not come about, in one line for people; anything else is a fault of ours.

export class DeploymentFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DeploymentFailure'
  }
}

/** The configuration of the host does not allow it: a repeat changes nothing. */
export class Forbidden extends DeploymentFailure {}

const lineMax = 500

/** One line within the bound of the protocol, whatever was thrown. */
export function lineOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error))
}

export function oneLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
  if (plain === '') return 'no reason was told'
  const line = plain.length > lineMax ? `${plain.slice(0, lineMax - 1)}…` : plain
  // Who cuts may cut a character in half, and the server takes no halves.
  return line.toWellFormed()
}
