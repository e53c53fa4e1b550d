// The vectors of AuthZEN's interoperability events, read from a copy of the working group's
// repository, which is not ours to carry along: its people and records, its questions and answers.
// The policies are ours, made from what its scenarios say in words.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { post, type Sent } from '../test/conformance/authzen-case.ts'
import { type Call, makePerson, makePolicy } from '../test/conformance/authzen-fixture.ts'

type Json = ReturnType<typeof JSON.parse>

export interface Vector {
  sent: Sent
  /** Answers whether that is what was expected. */
  fits(answer: Json): boolean
}

export interface Scenario {
  name: string
  vectors: readonly Vector[]
}

const read = async (folder: string, path: string): Promise<Json> =>
  JSON.parse(await readFile(join(folder, 'interop', path), 'utf8'))

/** Everything that the scenarios need, in one organization: their names never meet. */
export async function makeScenarios(call: Call, folder: string): Promise<void> {
  await makeTodo(call, folder)
  await makeSearch(call, folder)
}

/** By the names under which requests know them. */
async function todoPeople(
  folder: string,
): Promise<Record<string, { email: string; roles: string[] }>> {
  const path = join(folder, 'interop/authzen-interop-website/docs/scenarios/todo-1.1/index.md')
  const block = /```js\n(\{[\s\S]*?\n\})\n```/.exec(await readFile(path, 'utf8'))
  if (block?.[1] === undefined) throw new Error(`${path} lists no people`)
  return JSON.parse(block[1])
}

async function makeTodo(call: Call, folder: string): Promise<void> {
  const people = Object.entries(await todoPeople(folder))
  for (const [id, { email, roles }] of people) await makePerson(call, id, { email, groups: roles })
  const own = 'resource has ownerID && principal has email && resource.ownerID == principal.email'
  const permit = (role: string, names: string, more = '') => {
    const actions = names.split(' ').map((name) => `Action::"can_${name}"`)
    const head = `principal in Group::"${role}", action in [${actions.join(', ')}], resource`
    return `permit(${head})${more};`
  }
  const editors = ['editor', 'admin', 'evil_genius']
  await makePolicy(
    call,
    'todos',
    [
      ...['viewer', ...editors].map((role) => permit(role, 'read_user read_todos')),
      ...editors.map((role) => permit(role, 'create_todo')),
      ...editors.map((role) => permit(role, 'update_todo delete_todo', ` when { ${own} }`)),
      permit('admin', 'delete_todo'),
      permit('evil_genius', 'update_todo'),
    ].join('\n'),
  )
  const routes = people.flatMap(([id, { roles }]) => {
    const who = `principal == identity::${JSON.stringify(id)}`
    const reading = `permit(${who}, action == Action::"GET", resource is route);`
    const writing = ['POST', 'PUT', 'DELETE'].map((name) => `Action::"${name}"`)
    const isEditor = roles.some((role) => editors.includes(role))
    if (!isEditor) return [reading]
    return [reading, `permit(${who}, action in [${writing.join(', ')}], resource is route);`]
  })
  await makePolicy(call, 'routes', routes.join('\n'))
}

async function makeSearch(call: Call, folder: string): Promise<void> {
  const data = 'authzen-search-demo/data'
  for (const { id, ...attributes } of await read(folder, `${data}/users.json`)) {
    await makePerson(call, id, { attributes })
  }
  for (const { id, ...attributes } of await read(folder, `${data}/records.json`)) {
    await call('PUT', `/resources/record/${id}`, { attributes })
  }
  const may = (name: string, condition: string) =>
    `permit(principal is User, action == Action::"${name}", resource is record)
      when { resource has owner && ${condition} };`
  const isOwn = 'resource.owner == principal.name'
  const manages = 'principal has role && principal.role == "manager"'
  const same = 'principal has department && resource.department == principal.department'
  await makePolicy(
    call,
    'records',
    [
      ...['view', 'edit', 'delete'].map((name) => may(name, isOwn)),
      may('view', same),
      may('view', manages),
      may('edit', `${manages} && ${same}`),
    ].join('\n'),
  )
}

export async function readScenarios(folder: string): Promise<Scenario[]> {
  const todos = ['01', '02'].map(async (draft) => {
    const path = `authzen-todo-backend/test/decisions-authorization-api-1_0-${draft}.json`
    return decisions(`todo, draft ${draft}`, await read(folder, path))
  })
  const gateway = read(folder, 'authzen-api-gateways/test-harness/test/decisions.json')
  const searches = (['subject', 'resource', 'action'] as const).map(async (kind) => {
    const path = `authzen-search-demo/test/${kind}/results.json`
    return found(`${kind} search`, kind, (await read(folder, path)).evaluation)
  })
  const idp = read(folder, 'authzen-idp/test-harness/src/results.json')
  return [
    ...(await Promise.all(todos)),
    decisions('API gateway', await gateway),
    ...(await Promise.all(searches)),
    found('identity provider', 'resource', (await idp).search),
  ]
}

interface Asked {
  request: object
  expected: Json
}

function decisions(
  name: string,
  { evaluation = [], evaluations = [] }: { evaluation?: Asked[]; evaluations?: Asked[] },
): Scenario {
  const single = evaluation.map(({ request, expected }) => ({
    sent: post('evaluation', request),
    fits: (answer: Json) => answer.decision === expected,
  }))
  const several = evaluations.map(({ request, expected }) => ({
    sent: post('evaluations', request),
    fits: (answer: Json) => decisionsOf(answer.evaluations) === decisionsOf(expected),
  }))
  return { name, vectors: [...single, ...several] }
}

function decisionsOf(list: readonly { decision: boolean }[]): string {
  return list.map(({ decision }) => String(decision)).join()
}

/** Exactly these, in whichever order. */
function found(name: string, kind: string, all: readonly Asked[]): Scenario {
  const vectors = all.map(({ request, expected }) => ({
    sent: post(`search/${kind}`, request),
    fits: (answer: Json) => namesOf(answer.results) === namesOf(expected.results),
  }))
  return { name, vectors }
}

function namesOf(results: readonly Record<string, string>[]): string {
  return results
    .map(({ type = '', id = '', name = '' }) => `${type}:${id}${name}`)
    .sort()
    .join()
}
