// HAProxy's runtime API: a certificate exchanged in the running process, in a transaction.
import { connect } from 'node:net'
import { DeploymentFailure, oneLine } from './failure.ts'

const answerMax = 64 << 10
const timeoutMs = 10_000

/** `file` is what HAProxy calls it. @throws {DeploymentFailure} where it keeps what it had. */
export async function exchangeCertificate(
  socket: string,
  file: string,
  pem: string,
): Promise<string> {
  // A blank line ends the payload.
  const payload = pem.replace(/\n{2,}/g, '\n').trimEnd()
  const set = await ask(socket, `set ssl cert ${file} <<\n${payload}\n\n`)
  if (!/^Transaction (?:created|updated)/m.test(set)) {
    await ask(socket, `abort ssl cert ${file}\n`)
    throw new DeploymentFailure(oneLine(`HAProxy does not take the certificate: ${set}`))
  }
  const committed = await ask(socket, `commit ssl cert ${file}\n`)
  if (!committed.includes('Success!')) {
    await ask(socket, `abort ssl cert ${file}\n`)
    throw new DeploymentFailure(oneLine(`HAProxy does not commit the certificate: ${committed}`))
  }
  return `HAProxy has exchanged ${file} over ${socket}`
}

/** One command, as without a prompt: HAProxy answers and closes. */
function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new DeploymentFailure(oneLine(`HAProxy's socket ${path} ${why}`)))
    const socket = connect(path)
    let answer = ''
    socket.setTimeout(timeoutMs, () => {
      socket.destroy()
      fail(`did not answer within ${timeoutMs / 1000} s`)
    })
    socket.on('error', (error) => fail(`cannot be used: ${error.message}`))
    socket.on('data', (chunk) => {
      answer += chunk.toString()
      if (answer.length > answerMax) socket.destroy()
    })
    socket.on('close', () => resolve(answer.trim()))
    // Not `end`: HAProxy would take a closed half for a client that has gone.
    socket.write(command)
  })
}
