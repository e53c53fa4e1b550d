// dns-01 (RFC 8555 §8.4): a TXT record below the name holds a digest of the key authorization.
import { createHash } from 'node:crypto'
import { acmeErrors } from '../errors.ts'
import { connectionProblem, excerpt, incorrect, type Validate } from './challenge.ts'

const recordsMax = 200

export const validateDns: Validate = async (task, ways) => {
  const name = `_acme-challenge.${task.identifier.value}`
  const expected = createHash('sha256').update(task.keyAuthorization).digest('base64url')
  const records = await lookUp(name, ways)
  const texts = records.slice(0, recordsMax).map((parts) => parts.join(''))
  if (texts.includes(expected)) return
  const found = texts.length === 0 ? 'nothing' : texts.slice(0, 3).map(excerpt).join(', ')
  throw incorrect(`The TXT records of ${name} hold ${found}, not "${expected}"`)
}

async function lookUp(name: string, ways: Parameters<Validate>[1]): Promise<string[][]> {
  try {
    const resolver = await ways.resolver()
    return await resolver.resolveTxt(name)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!/^E[A-Z]+$/.test(code)) throw connectionProblem(error)
    const says = code === 'ENODATA' || code === 'ENOTFOUND' ? 'there is none' : code
    throw acmeErrors.problem('acme_dns', {
      message: `The TXT records of ${name} could not be looked up: ${says}`,
    })
  }
}
