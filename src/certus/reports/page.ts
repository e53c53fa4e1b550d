// The frame of a page: one file, no script, nothing that is loaded from anywhere.
import { createHash } from 'node:crypto'
import { html, Markup } from './markup.ts'
import { style } from './style.ts'

const digest = createHash('sha256').update(style).digest('base64')

/** For the header and, where the page is a file, its `meta`. */
export const contentSecurityPolicy = [
  `default-src 'none'`,
  `style-src 'sha256-${digest}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ')

export function page(title: string, body: Markup): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
</body>
</html>
`
  return text
}

/** What a browser must be told of such a page. */
export function setPageHeaders(header: (name: string, value: string) => void): void {
  header('content-security-policy', `${contentSecurityPolicy}; frame-ancestors 'none'`)
  header('referrer-policy', 'no-referrer')
}

/** `2026-11-22T10:00:00.123Z` as people read it. */
export function timeOf(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
}
