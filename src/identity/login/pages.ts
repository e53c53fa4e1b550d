// The pages on which people log in to Certus: no script, nothing from elsewhere, readable with any
// reader and in any window.
import { hash } from 'node:crypto'
import type { Streamed } from '../../platform/http/route.ts'

const style = `:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,sans-serif;max-width:24rem;margin:10vh auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 1.5rem}
label{display:block;margin:1rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem .6rem;border:1px solid #767676;
border-radius:.4rem}
button,a.button{font:inherit;display:block;width:100%;box-sizing:border-box;margin:1.25rem 0 0;
padding:.6rem;border:1px solid #1d4ed8;border-radius:.4rem;background:#1d4ed8;color:#fff;
text-align:center;text-decoration:none;cursor:pointer}
a.button{background:none;color:inherit}
:focus-visible{outline:3px solid #60a5fa;outline-offset:2px}
[role=alert]{border-left:4px solid #dc2626;padding:.25rem .75rem;margin:0 0 1rem}
.or{text-align:center;margin:1.25rem 0 0}`

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** Not `no-referrer`: a browser would then not say that a form is ours. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'referrer-policy': 'same-origin',
}

export const pageType = 'text/html; charset=utf-8'

export interface LoginPage {
  /** Where the forms go; where to go on afterwards. */
  base: string
  next: string
  /** Of the OpenID provider; null where there is none. */
  provider: string | null
  message?: string
  email?: string
}

export function loginPage({ base, next, provider, message, email = '' }: LoginPage): string {
  const by = new URLSearchParams({ with: 'provider', next })
  const other =
    provider === null
      ? ''
      : `<p class="or">or</p>
<a class="button" href="${escaped(`${base}/auth/login?${by}`)}">Log in with
 ${escaped(provider)}</a>`
  return page(
    'Log in',
    `${alert(message)}<form method="post" action="${escaped(base)}/auth/login">
<input type="hidden" name="next" value="${escaped(next)}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="320"
 value="${escaped(email)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="512">
<button>Log in</button>
</form>
${other}`,
  )
}

export interface CodePage {
  base: string
  next: string
  token: string
  message?: string
}

export function codePage({ base, next, token, message }: CodePage): string {
  return page(
    'Second step',
    `${alert(message)}<form method="post" action="${escaped(base)}/auth/login">
<input type="hidden" name="next" value="${escaped(next)}">
<input type="hidden" name="token" value="${escaped(token)}">
<label for="code">Code of your app, or a recovery code</label>
<input id="code" name="code" autocomplete="one-time-code" required maxlength="64" autofocus>
<button>Go on</button>
</form>`,
  )
}

export function logoutPage(base: string): string {
  return page(
    'Log out',
    `<form method="post" action="${escaped(base)}/auth/logout"><button>Log out</button></form>`,
  )
}

export function streamed(status: number, html: string): Streamed {
  return { status, contentType: pageType, body: once(html) }
}

async function* once(text: string) {
  yield text
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Panthera Certus</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title} · Panthera Certus</h1>
${main}
</main>
</body>
</html>
`
}

function alert(message: string | undefined): string {
  return message === undefined ? '' : `<p role="alert">${escaped(message)}</p>\n`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
