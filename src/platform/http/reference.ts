// The public documents of a surface: `openapi.json`, and a reference page that loads nothing from
// elsewhere.
import swagger, { type StaticDocumentSpec } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Mount } from '../permissions.ts'

/** A Fastify plugin within the surface's prefix. */
export async function reference(
  app: FastifyInstance,
  { document, mount }: { document: object; mount: Mount },
): Promise<void> {
  app.get('/openapi.json', { config: { operationId: 'openapi' } }, () => document)
  const specification = { document: document as StaticDocumentSpec['document'] }
  await app.register(swagger, { mode: 'static', specification })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // So that the page works with and without a slash at its end.
    indexPrefix: `/${mount}`,
    staticCSP: true,
    // The page is also served over plain HTTP, on a machine's own network.
    transformStaticCSP: (policy) => policy.replace('upgrade-insecure-requests;', ''),
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: 0, url: `/${mount}/openapi.json` },
    theme: {
      title: `Panthera ${mount}`,
      css: [{ filename: 'panthera.css', content: '.swagger-ui .topbar { display: none }' }],
      favicon: [
        {
          filename: 'favicon.svg',
          rel: 'icon',
          sizes: 'any',
          type: 'image/svg+xml',
          content: Buffer.from(icon),
        },
      ],
    },
  })
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect width="32" height="32" rx="7" fill="#141a26"/>
  <path d="M10 25V7h8a6 6 0 0 1 0 12h-8" fill="none" stroke="#ffb020" stroke-width="4"/>
</svg>`
