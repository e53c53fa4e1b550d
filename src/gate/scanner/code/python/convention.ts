// What frameworks tell by names alone: nobody declares what `request` is in a view of Django, but
// everybody knows.
import type { Lowering } from './lowering.ts'
import type { Scope } from './scope.ts'

/** Type of a parameter that is declared without one; null where its name says nothing. */
export function conventionalType(
  file: Lowering,
  name: string,
  all: readonly string[],
): string | null {
  if (name === 'event' && all.length === 2 && all[1] === 'context') return 'aws_lambda.Event'
  const framework = frameworks.find((one) => {
    return one.parameter === name && file.bindings.packages.has(one.package)
  })
  if (framework !== undefined) return framework.type
  // A view that imports only from its own application: few others write these names so.
  const isView =
    name === 'request' &&
    !others.some((one) => file.bindings.packages.has(one)) &&
    written.test(file.syntax.text)
  return isView ? 'django.http.HttpRequest' : null
}

const others = ['flask', 'quart', 'bottle', 'pyramid', 'webob', 'tornado', 'cherrypy', 'web2py']
const written = /\brequest\.(?:GET|POST|META|COOKIES|FILES)\b/

const frameworks = [
  { package: 'django', parameter: 'request', type: 'django.http.HttpRequest' },
  { package: 'rest_framework', parameter: 'request', type: 'django.http.HttpRequest' },
  { package: 'aiohttp', parameter: 'request', type: 'aiohttp.web.Request' },
  { package: 'starlette', parameter: 'request', type: 'starlette.requests.Request' },
  { package: 'fastapi', parameter: 'request', type: 'starlette.requests.Request' },
  { package: 'pyramid', parameter: 'request', type: 'pyramid.request.Request' },
  { package: 'sanic', parameter: 'request', type: 'sanic.Request' },
  { package: 'falcon', parameter: 'req', type: 'falcon.Request' },
] as const

/** Functions that a framework finds by their names. */
export function conventionalAnnotation(name: string, parameters: readonly string[]): string | null {
  return name.startsWith('resolve_') && parameters[1] === 'info' ? 'graphene.resolver' : null
}

/**
 * Django reads its settings from a module: its names are properties of `django.settings`. Settings
 * for work on the program itself are left alone.
 */
export function isDjangoSettings(path: string, module: Scope): boolean {
  if (!/(?:^|\/)settings(?:\/[^/]+|[^/]*)\.py$/.test(path)) return false
  if (/(?:dev|local|test|debug|sample|example|ci)[^/]*\.py$/i.test(path)) return false
  return ['INSTALLED_APPS', 'MIDDLEWARE', 'MIDDLEWARE_CLASSES', 'ROOT_URLCONF'].some((name) =>
    module.names.has(name),
  )
}
