// The page at the address that the start prints: where the surfaces are, for who has a browser.
import type { Mount } from '../permissions.ts'

const about: Record<Mount, string> = {
  gate: 'scans, findings and webhooks',
  trust: 'certificates',
  identity: 'keys, tokens and decisions',
  certus: 'evidence',
  console: 'what the dashboard and the command line use',
}

/** HTML without a script, a style sheet or anything from elsewhere. */
export function welcome(mounts: Iterable<Mount>, version: string): string {
  const rows = [...mounts].map(
    (mount) =>
      `<li><a href="/${mount}/docs"><b>/${mount}</b></a> ${about[mount]} ` +
      `(<a href="/${mount}/openapi.json">OpenAPI</a>)</li>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Panthera</title>
<body style="font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto">
<h1>Panthera ${version}</h1>
<p>The APIs of this installation, each with its reference:</p>
<ul>
${rows.join('\n')}
</ul>
</html>
`
}
