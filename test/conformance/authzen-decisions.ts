// The cases of the levels Basic and Batch.
import {
  type Case,
  decides,
  decidesAll,
  type Level,
  post,
  type Sent,
  status,
} from './authzen-case.ts'

type Properties = Readonly<Record<string, unknown>>

export const subject = (id: string, properties?: Properties) => ({
  type: 'user',
  id,
  ...(properties === undefined ? {} : { properties }),
})
export const action = (name: string, properties?: Properties) => ({
  name,
  ...(properties === undefined ? {} : { properties }),
})
export const record = (id: string, properties?: Properties) => ({
  type: 'record',
  id,
  ...(properties === undefined ? {} : { properties }),
})

const active = record('record-1', { status: 'active' })
const archived = record('record-2', { status: 'archived' })
const admin = subject('bob', { role: 'admin' })
const [read, write] = [action('read'), action('write')]
const [alice, bob] = [subject('alice'), subject('bob')]
const first = record('record-1')
/** With the offset as the scenario writes it. */
export const somewhere = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' }
const permitted = { subject: alice, action: read, resource: first }

const asked = (body: object) => post('evaluation', body)
const one = (
  section: string,
  what: string,
  body: object,
  expected: boolean,
  level: Level = 'Basic Core',
): Case => ({ section, level, what, sent: asked(body), wrong: decides(expected) })

const decisions: readonly Case[] = [
  one('2.2.1', 'a permitted request', permitted, true),
  one('2.2.2', 'a denied one', { ...permitted, subject: bob, action: write }, false),
  one('2.2.3', 'a context changes nothing', { ...permitted, context: somewhere }, true),
  one(
    '2.2.8',
    'properties that no policy asks for',
    {
      subject: subject('alice', { department: 'Sales', role: 'manager' }),
      action: action('read', { method: 'GET' }),
      resource: record('record-1', { status: 'active', owner: 'bob' }),
    },
    true,
  ),
  one('2.2.9', 'fields that nobody knows', { ...permitted, foo: 1, later: { a: [] } }, true),
  one('1.4', 'the second rule of the fixture', { ...permitted, action: write }, true),
  one('1.4', 'the third rule of the fixture', { ...permitted, subject: bob }, true),
]

const byProperties: readonly Case[] = [
  one(
    '2.2.4',
    'properties of the resource deny',
    { subject: alice, action: write, resource: archived },
    false,
    'Basic Properties',
  ),
  one(
    '2.2.5',
    'properties of the subject permit',
    { subject: admin, action: write, resource: archived },
    true,
    'Basic Properties',
  ),
  one(
    '2.2.6',
    'properties of the action permit',
    { ...permitted, action: action('delete', { soft: true }) },
    true,
    'Basic Properties',
  ),
  one(
    '2.2.7',
    'properties of the action deny',
    { ...permitted, action: action('delete', { soft: false }) },
    false,
    'Basic Properties',
  ),
]

const incomplete: readonly (readonly [section: string, what: string, body: object | string])[] = [
  ['2.4.1', 'no subject', { action: read, resource: first }],
  ['2.4.1', 'no action', { subject: alice, resource: first }],
  ['2.4.1', 'no resource', { subject: alice, action: read }],
  ['2.4.2', 'a subject without type', { ...permitted, subject: { id: 'alice' } }],
  ['2.4.2', 'a subject without id', { ...permitted, subject: { type: 'user' } }],
  ['2.4.2', 'an action without name', { ...permitted, action: {} }],
  ['2.4.2', 'a resource without type', { ...permitted, resource: { id: 'record-1' } }],
  ['2.4.2', 'a resource without id', { ...permitted, resource: { type: 'record' } }],
  ['2.4.4', 'no JSON', '{"subject":'],
  ['2.4.5', 'an empty body', ''],
  ['2.4.6', 'a subject that is text', { ...permitted, subject: 'alice' }],
  ['2.4.6', 'a name that is a number', { ...permitted, action: { name: 123 } }],
]

const core = 'Basic Core' as const
const transport: readonly Case[] = [
  ...incomplete.map(
    ([section, what, body]): Case => ({
      section,
      level: core,
      what: `refuses ${what}`,
      sent: post('evaluation', body),
      wrong: status(400),
    }),
  ),
  ...['text/plain', 'application/xml'].map(
    (type): Case => ({
      section: '2.4.3',
      level: core,
      what: `refuses ${type}`,
      sent: post('evaluation', permitted, { 'content-type': type }),
      wrong: status(400),
    }),
  ),
  ...['evaluation', 'evaluations', 'search/subject'].map(
    (path): Case => ({
      section: '2.5.1',
      level: core,
      what: `${path} answers with the X-Request-ID that it was sent`,
      sent: post(path, permitted, { 'x-request-id': 'bfe9eb29 of the client' }),
      wrong: ({ headers }) =>
        headers.get('x-request-id') === 'bfe9eb29 of the client' ? null : 'it is another',
    }),
  ),
  {
    section: '2.5.1',
    level: core,
    what: 'a refusal does so too',
    sent: post('evaluation', '{', { 'x-request-id': 'r1' }),
    wrong: ({ headers }) => (headers.get('x-request-id') === 'r1' ? null : 'it is another'),
  },
  one('2.3.1', 'the decision is a boolean', permitted, true),
  one('2.3.2', 'the context, where there is one, is an object', permitted, true),
  one('2.5.2', 'works without X-Request-ID', permitted, true),
  {
    section: '2.6',
    level: core,
    what: 'decides the same again and again',
    sent: asked(permitted),
    async wrong(_received, send) {
      for (let run = 0; run < 5; run++) {
        const wrong = await decides(true)(await send(asked(permitted)), send)
        if (wrong !== null) return wrong
      }
      return null
    },
  },
]

const many = (
  section: string,
  what: string,
  body: object,
  expected: readonly (boolean | undefined)[],
  level: Level = 'Batch Core',
): Case => ({ section, level, what, sent: post('evaluations', body), wrong: decidesAll(expected) })

const whole: Sent = post('evaluations', permitted)
const batchCore: readonly Case[] = [
  many(
    '3.2.1',
    'one subject and action, two resources',
    {
      subject: alice,
      action: read,
      evaluations: [{ resource: first }, { resource: record('record-2') }],
    },
    [true, undefined],
  ),
  many(
    '3.2.2',
    'the order of the answers',
    { subject: bob, resource: first, evaluations: [{ action: read }, { action: write }] },
    [true, false],
  ),
  many(
    '3.2.5',
    'nothing beside the list',
    { evaluations: [permitted, { subject: bob, action: write, resource: first }] },
    [true, false],
  ),
  many(
    '3.2.6',
    'a context for all and one of its own',
    {
      subject: alice,
      action: read,
      context: { time: somewhere.time },
      evaluations: [
        { resource: first },
        { resource: record('record-2'), context: { source: 'batch-override' } },
      ],
    },
    [true, undefined],
  ),
  ...['3.3.1 as many answers', '3.3.2 in order', '3.3.3 each a boolean'].map((what) =>
    many(
      what.slice(0, 5),
      what.slice(6),
      { subject: bob, resource: first, evaluations: [{ action: write }, { action: read }] },
      [false, true],
    ),
  ),
  many(
    '3.4.1',
    'an incomplete one is a denial',
    {
      subject: alice,
      action: read,
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: first }, {}],
    },
    [true, false],
  ),
  { section: '3.4.2', level: 'Batch Core', what: 'no list', sent: whole, wrong: decides(true) },
  {
    section: '3.4.3',
    level: 'Batch Core',
    what: 'an empty list',
    sent: post('evaluations', { ...permitted, evaluations: [] }),
    wrong: decides(true),
  },
  {
    section: '3.4',
    level: 'Batch Core',
    what: 'refuses no list and no resource',
    sent: post('evaluations', { subject: alice, action: read }),
    wrong: status(400),
  },
]

const batchProperties: readonly Case[] = [
  many(
    '3.2.3',
    'properties of each resource',
    { subject: alice, action: write, evaluations: [{ resource: active }, { resource: archived }] },
    [true, false],
    'Batch Properties',
  ),
  many(
    '3.2.4',
    'properties of each subject',
    { action: write, resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
    [false, true],
    'Batch Properties',
  ),
  many(
    '3.2.7',
    'entities are replaced as wholes',
    { subject: alice, action: write, resource: active, evaluations: [{}, { resource: archived }] },
    [true, false],
    'Batch Properties',
  ),
]

export const decisionCases: readonly Case[] = [
  ...decisions,
  ...byProperties,
  ...transport,
  ...batchCore,
  ...batchProperties,
]
