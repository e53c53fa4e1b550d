// Types that nobody writes down: what handlers of web frameworks are given is told by the names of
// their parameters alone, since they are registered elsewhere, often in another file.

interface Convention {
  /** One pattern per parameter; those of the function must be at least as many. */
  names: readonly RegExp[]
  types: readonly (string | null)[]
  /** The function has no other parameters. */
  exact?: boolean
  exported?: boolean
  /** Of the function itself. */
  called?: RegExp
}

const request = /^_*(?:req|request)$/i
const response = /^_*(?:res|resp|response)$/i
const failure = /^_*(?:e|er|err|error)$/i
const next = /^_*next$/
/** A parameter that is taken apart at once. */
const parts = /^%/
const web = ['express.Request', 'express.Response'] as const
const verbs = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/
const anything = /^/
const context = /^_*(?:ctx|context)$/
const contextOrParts = /^_*(?:ctx|context)$|^%/

const conventions: readonly Convention[] = [
  { names: [request, response], types: web },
  { names: [parts, response], types: web },
  { names: [request, parts, next], types: web },
  { names: [failure, request, response], types: [null, ...web] },
  {
    names: [request, /^_*(?:rep|reply)$/],
    types: ['fastify.FastifyRequest', 'fastify.FastifyReply'],
  },
  { names: [/^_*ctx$/, next], types: ['koa.Context'] },
  { names: [/^_*ctx$/], types: ['koa.Context'], exact: true },
  { names: [request, /^h$/], types: ['@hapi/hapi.Request', '@hapi/hapi.ResponseToolkit'] },
  // Functions of a cloud, and handlers that a router finds by the name of their export.
  {
    names: [/^event$/, context],
    types: ['aws-lambda.Event', 'aws-lambda.Context'],
    exported: true,
  },
  {
    names: [/^event$/],
    types: ['aws-lambda.Event'],
    exported: true,
    called: /^(?:lambdaH|h)andler$/,
  },
  { names: [/^context$/, request], types: [null, 'express.Request'], exported: true },
  { names: [request, /^_*env$/], types: ['Request'], exported: true },
  {
    names: [parts],
    types: ['web.RouteArguments'],
    exported: true,
    called: /^(?:loader|action|load|GET|POST|PUT|PATCH|DELETE)$/,
  },
  {
    names: [request, parts],
    types: ['Request', 'web.RouteArguments'],
    exported: true,
    called: verbs,
  },
  { names: [anything], types: ['Request'], exported: true, called: verbs },
  // Resolvers of GraphQL.
  {
    names: [/^(?:_\w*|parent|root|rootValue|obj|source)$/, /^_*(?:args|input)$/, contextOrParts],
    types: [null, 'graphql.Arguments'],
  },
]

/** One type per parameter, null where its name tells none. */
export function conventionalTypes(
  names: readonly string[],
  said: { name: string; exported: boolean },
): readonly (string | null)[] {
  return conventions.find((one) => follows(names, one, said))?.types ?? []
}

function follows(
  names: readonly string[],
  { names: patterns, exact, exported, called }: Convention,
  said: { name: string; exported: boolean },
): boolean {
  if (exact === true ? names.length !== patterns.length : names.length < patterns.length) {
    return false
  }
  if (exported === true && !said.exported) return false
  if (called !== undefined && !called.test(said.name)) return false
  return patterns.every((pattern, index) => pattern.test(names[index] ?? ''))
}
