// Makes, through the public API, the people, records and policies that AuthZEN's certification
// names, and those of its interoperability scenarios.

export type Call = (
  method: 'POST' | 'PUT',
  path: string,
  body: object,
) => Promise<Readonly<Record<string, unknown>>>

/** A caller of the API with a key that may write. Throws what the server answers but success. */
export function apiOf(url: string, key: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text)
  }
}

/** Answers the name of the person in Cedar. */
export async function makePerson(call: Call, id: string, more: object = {}): Promise<string> {
  const body = { type: 'USER', name: id, external_id: id, ...more }
  const made = await call('POST', '/principals', body)
  return `User::${JSON.stringify(made.id)}`
}

export async function makePolicy(call: Call, name: string, cedar: string): Promise<void> {
  await call('POST', '/policies', { name, status: 'active', cedar })
}

export async function makeCertification(call: Call): Promise<void> {
  const alice = await makePerson(call, 'alice')
  const bob = await makePerson(call, 'bob', { attributes: { role: 'admin' } })
  await call('PUT', '/resources/record/record-1', { attributes: { status: 'active' } })
  await call('PUT', '/resources/record/record-2', { attributes: { status: 'archived' } })
  await makePolicy(
    call,
    'readers',
    [alice, bob]
      .map(
        (who) =>
          `permit(principal == ${who}, action == Action::"read", resource is record)
            when { resource has status };`,
      )
      .join('\n'),
  )
  await makePolicy(
    call,
    'writers',
    `permit(principal == ${alice}, action == Action::"write", resource is record)
      unless { resource has status && resource.status == "archived" };`,
  )
  await makePolicy(
    call,
    'admins write what is archived',
    `permit(principal, action == Action::"write", resource is record)
      when { principal has role && principal.role == "admin" &&
        resource has status && resource.status == "archived" };`,
  )
  await makePolicy(
    call,
    'soft deletes',
    `permit(principal == ${alice}, action == Action::"delete", resource == record::"record-1")
      when { context has action && context.action has soft && context.action.soft };`,
  )
}
