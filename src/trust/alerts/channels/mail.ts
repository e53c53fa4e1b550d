// Mail by the server that the operator has named.
import { createTransport } from 'nodemailer'

export interface Mail {
  /** Throws what the mail server or the way to it says. */
  send(message: { to: readonly string[]; subject: string; text: string }): Promise<void>
}

const timeoutMs = 20_000

/** @param url `smtp://` (STARTTLS is used where it is offered) or `smtps://`, with credentials */
export function createMail({ url, from }: { url: string; from: string }): Mail {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  const isImplicit = protocol === 'smtps:'
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isImplicit ? 465 : 587),
    secure: isImplicit,
    // Who reads along could take the offer of STARTTLS away: no password without it.
    requireTLS: searchParams.get('tls') === 'required' || username !== '',
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to: [...to], subject, text })
    },
  }
}
