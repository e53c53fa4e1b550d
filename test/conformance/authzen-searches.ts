// The cases of the levels Search and Discovery.
import {
  answers,
  badPage,
  type Case,
  finds,
  findsActions,
  findsAsMuchAs,
  findsNothing,
  type Level,
  post,
  resultsOf,
  type Sent,
  status,
} from './authzen-case.ts'
import { action, record, somewhere, subject } from './authzen-decisions.ts'

const alice = subject('alice')
const admin = subject('bob', { role: 'admin' })
const first = record('record-1')
const archived = record('record-2', { status: 'archived' })
const [users, records] = [{ type: 'user' }, { type: 'record' }]
const [read, write] = [action('read'), action('write')]

const readers = { subject: users, action: read, resource: first }
const readable = { subject: alice, action: read, resource: records }
const doable = { subject: alice, resource: first }

const search = (kind: 'subject' | 'resource' | 'action', body: object) =>
  post(`search/${kind}`, body)

const one = (
  section: string,
  what: string,
  sent: Sent,
  wrong: Case['wrong'],
  level: Level = 'Search Core',
): Case => ({ section, level, what, sent, wrong })

const core: readonly Case[] = [
  one('4.2.1', 'who may', search('subject', readers), finds('user', ['alice', 'bob'])),
  one(
    '4.2.2',
    'who may, with a context',
    search('subject', { ...readers, context: somewhere }),
    findsAsMuchAs(search('subject', readers)),
  ),
  one(
    '4.2.3',
    'who may, whatever id stands there',
    search('subject', { ...readers, subject: alice }),
    findsAsMuchAs(search('subject', readers)),
  ),
  one('4.3.1', 'on what', search('resource', readable), finds('record', ['record-1'])),
  one(
    '4.3.2',
    'on what, with a context',
    search('resource', { ...readable, context: somewhere }),
    findsAsMuchAs(search('resource', readable)),
  ),
  one(
    '4.3.3',
    'on what, whatever id stands there',
    search('resource', { ...readable, resource: first }),
    findsAsMuchAs(search('resource', readable)),
  ),
  one('4.4.1', 'what', search('action', doable), findsActions(['read', 'write'])),
  one(
    '4.4.2',
    'what, with a context',
    search('action', { ...doable, context: somewhere }),
    findsAsMuchAs(search('action', doable)),
  ),
]

const properties: readonly Case[] = [
  one(
    '4.2.4',
    'who may, by properties of the resource',
    search('subject', { subject: users, action: write, resource: archived }),
    finds('user', ['bob']),
    'Search Properties',
  ),
  one(
    '4.3.4',
    'on what, by properties of the subject',
    search('resource', { subject: admin, action: write, resource: records }),
    finds('record', ['record-2']),
    'Search Properties',
  ),
  one(
    '4.4.3',
    'what, by properties of both',
    search('action', { subject: admin, resource: archived }),
    findsActions(['write']),
    'Search Properties',
  ),
]

const pages: readonly Case[] = [
  one(
    '4.5.1',
    'a page of one',
    search('subject', { ...readers, page: { limit: 1 } }),
    answers((body) => {
      const results = resultsOf(body)
      if (typeof results === 'string') return results
      return results.length > 1 ? 'it holds more' : badPage(body)
    }),
  ),
  one(
    '4.5.2',
    'the pages after it, to the end',
    search('subject', { ...readers, page: { limit: 1 } }),
    answers(async (body, send) => {
      const ids: unknown[] = []
      let next = body
      for (let run = 0; run < 50; run++) {
        const results = resultsOf(next)
        const token = tokenOf(next)
        if (typeof results === 'string' || token === null) return 'a page is not complete'
        ids.push(...results.map(({ id }) => id))
        if (token === '') return ids.includes('bob') ? null : `found ${ids.join(', ')}`
        const received = await send(search('subject', { ...readers, page: { token } }))
        if (received.status !== 200) return `the next page has status ${received.status}`
        next = (received.json ?? {}) as Readonly<Record<string, unknown>>
      }
      return 'it does not end'
    }),
  ),
]

function tokenOf({ page }: Readonly<Record<string, unknown>>): string | null {
  const token = (page as { next_token?: unknown } | undefined)?.next_token
  return typeof token === 'string' ? token : null
}

const pageForm = one(
  '4.5.3',
  'a page says how many it holds',
  search('subject', { ...readers, page: { limit: 1 } }),
  answers((body) => {
    const { count = 1 } = (body.page ?? {}) as { count?: unknown }
    return count === 1 ? null : `count is ${count}`
  }),
)

const [stranger, spaceship] = [subject('nonexistent-user'), { type: 'spaceship' }]
const nothing: readonly Case[] = [
  ...[
    search('action', { subject: stranger, resource: first }),
    search('resource', { ...readable, subject: stranger }),
    search('subject', { ...readers, resource: record('nonexistent-record') }),
  ].map((sent) => one('4.6.1', `an unknown id: ${sent.path}`, sent, findsNothing)),
  ...[
    search('subject', { ...readers, subject: spaceship }),
    search('resource', { ...readable, resource: spaceship }),
    search('action', { ...doable, subject: { ...spaceship, id: 'x' } }),
  ].map((sent) => one('4.6.2', `an unknown type: ${sent.path}`, sent, findsNothing)),
]

const incomplete: readonly (readonly [section: string, what: string, sent: Sent])[] = [
  ['4.7.1', 'who, but not to do what', search('subject', { subject: users, resource: first })],
  ['4.7.1', 'on what, but not for whom', search('resource', { action: read, resource: records })],
  ['4.7.1', 'what, but not on what', search('action', { subject: alice })],
  ['4.7.2', 'a resource without id', search('subject', { ...readers, resource: records })],
  ['4.7.2', 'a subject without id', search('resource', { ...readable, subject: users })],
  ['4.7.2', 'the same for actions', search('action', { ...doable, subject: users })],
]

const refused = incomplete.map(([section, what, sent]) =>
  one(section, `refuses ${what}`, sent, status(400)),
)

const get = (path: string): Sent => ({ method: 'GET', path, headers: {}, text: null })
const endpoints = [
  'access_evaluation_endpoint',
  'access_evaluations_endpoint',
  'search_subject_endpoint',
  'search_resource_endpoint',
  'search_action_endpoint',
]

/** @param point the address of the decision point, over https as the document says it */
function discovery(point: string): Case[] {
  return ['6.1', '6.2', '6.3', '6.5'].map((section) => discoveryCase(section, point))
}

function discoveryCase(section: string, point: string): Case {
  return one(
    section,
    'the document at the well-known address',
    get('/.well-known/authzen-configuration'),
    answers((body) => {
      if (body.policy_decision_point !== point) return `it is of ${body.policy_decision_point}`
      const wrong = endpoints.find((name) => !String(body[name]).startsWith(`${point}/`))
      return wrong === undefined ? null : `${wrong} is ${body[wrong]}`
    }),
    'Discovery',
  )
}

export function searchCases(point: string): readonly Case[] {
  return [...core, ...properties, ...pages, pageForm, ...nothing, ...refused, ...discovery(point)]
}
