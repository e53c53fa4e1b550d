import { describe, expect, it } from 'vitest'
import { panthera } from './fixtures/command.ts'
import { folder } from './fixtures/folder.ts'

const database = `name: Databases
rules:
  - effect: allow
    description: Engineers read production in office hours
    principals: { type: USER, groups: [engineering], attributes: { department: [eng] } }
    resources: { type: database, identifiers: ["prod-*"] }
    actions: [read, "list:*"]
    conditions:
      - { type: mfa, operator: equals, value: true }
      - type: time
        operator: between
        value: { start: "09:00", end: "17:00", timezone: Europe/Berlin }
  - { effect: deny, description: No agents, principals: { type: AI_AGENT }, actions: ["*"] }
`
const world = `now: 2026-03-02T10:00:00Z
context: { mfa: true }
principals:
  anna: { groups: [engineering], attributes: { department: [eng, ops] } }
  robot: { type: AI_AGENT, groups: [engineering], attributes: { department: eng } }
tests:
`
const good = `${world}  - name: engineers read
    principal: anna
    action: [read, "list:tables"]
    resource: [database:prod-1, database:prod-2]
    expect: allow
    policy: rules[0]
  - { name: agents do not, principal: robot, action: read, resource: "database:prod-1",
      expect: deny, reason: forbidden, policy: Databases }
  - { name: suspended ones do not, principal: { id: x, status: suspended }, action: read,
      resource: "database:prod-1", expect: deny, reason: principal_suspended }
`
const bad = `${world}  - { name: not at night, principal: anna, action: read,
      resource: "database:prod-1", now: 2026-03-02T23:00:00Z, expect: allow }
  - { name: agents, principal: robot, action: read, resource: "database:prod-1",
      expect: deny, policy: "rules[0]" }
`
const policy = (args: string[], files: Record<string, string>, env = {}) =>
  panthera(['policy', ...args], { cwd: folder(files), env })

describe('panthera policy test', () => {
  it('passes, and tells what was never needed', async () => {
    const files = { 'database.yaml': database, 'database.test.yaml': good }
    const { code, stdout, stderr } = await policy(['test'], files)
    expect(stderr).toBe('')
    expect(stdout).toBe('6 passed, 1 file\n2 of 2 policies decided a test\n')
    expect(code).toBe(0)
    const { stdout: told } = await policy(['test', 'database.yaml', '--verbose'], files)
    expect(told).toContain('  ✓ engineers read (anna list:tables database:prod-2)\n')
  })

  it('fails with what was expected, what decided and what was missing', async () => {
    const files = { 'p/database.yaml': database, 'p/database.test.yaml': bad }
    const { code, stdout } = await policy(['test', 'p'], files)
    expect(code).toBe(1)
    expect(stdout).toBe(`p/database.test.yaml
  ✗ not at night  p/database.test.yaml:7
      anna read database:prod-1
      expected allow, got deny
      Not permitted: no policy that allows this holds
      Near misses:
        p/database.yaml rules[0] (allow)  Engineers read production in office hours
          context.panthera.time["Europe/Berlin"].minute_of_day >= 540
          it was 00:00 in Europe/Berlin, the bound is 09:00
  ✗ agents  p/database.test.yaml:9
      robot read database:prod-1
      expected rules[0] to decide, but p/database.yaml rules[1] did
      Forbidden: a deny that holds wins over every allow
        by p/database.yaml rules[1] (deny)  No agents

0 passed, 2 failed, 1 file
1 of 2 policies decided a test; none by:
  p/database.yaml rules[0] (allow)  Engineers read production in office hours
`)
  })

  it('tells CI servers and programs the same', async () => {
    const files = { 'database.yaml': database, 'database.test.yaml': bad }
    const { code, stdout } = await policy(['test', '--format', 'junit'], files)
    expect(code).toBe(1)
    expect(stdout).toContain('<testsuites name="panthera policy test" tests="2" failures="2"')
    expect(stdout).toContain(
      '<failure message="expected allow, got deny">anna read database:prod-1',
    )
    const json = JSON.parse((await policy(['test', '--format', 'json'], files)).stdout)
    expect(json).toMatchObject({ passed: 0, failed: 2, files: [{ path: 'database.test.yaml' }] })
    expect(json.files[0].tests[0]).toMatchObject({
      name: 'not at night',
      passed: false,
      allowed: false,
      reason: 'not_permitted',
      explanation: { considered: 1 },
    })
    expect(json.untested).toEqual([
      {
        id: 'database.yaml rules[0]',
        effect: 'permit',
        description: 'Engineers read production in office hours',
      },
    ])
  })

  it('decides over Cedar and its own entities', async () => {
    const files = {
      'photos.cedar': `@id("owner")
permit(principal, action in [Action::"view"], resource) when { resource.owner == principal };
forbid(principal, action, resource) when { resource has private && resource.private };`,
      'photos.test.json': JSON.stringify({
        entities: [
          { uid: { type: 'Acme::User', id: 'anna' } },
          {
            uid: { type: 'Acme::Photo', id: 'p1' },
            attrs: { owner: { __entity: { type: 'Acme::User', id: 'anna' } } },
          },
        ],
        tests: [
          {
            name: 'owners view',
            principal: 'Acme::User::"anna"',
            action: 'view',
            resource: 'Acme::Photo::"p1"',
            expect: 'allow',
            policy: 'owner',
          },
          {
            name: 'private is private',
            principal: 'Acme::User::"anna"',
            action: 'view',
            resource: { type: 'photo', id: 'p2', attributes: { private: true } },
            expect: 'deny',
            policy: 'photos.cedar:3',
          },
        ],
      }),
    }
    const { code, stdout, stderr } = await policy(['test'], files)
    expect(stderr + stdout).toContain('2 passed, 1 file')
    expect(code).toBe(0)
  })

  it('takes other policies, and only some tests', async () => {
    const named = good.replace('tests:', 'policies: [., no.cedar]\ntests:')
    const no = 'forbid(principal is User, action, resource);'
    const files = { 'database.yaml': database, 'no.cedar': no, 'a.test.yaml': named }
    const { code, stdout } = await policy(['test', '--run', 'engineers'], files)
    expect(stdout).toContain('expected allow, got deny')
    expect(stdout).toContain('0 passed, 4 failed, 1 file\n1 of 3 policies decided a test')
    expect(code).toBe(1)
    const only = await policy(['test', '--policy', 'database.yaml'], files)
    expect([only.code, only.stdout]).toEqual([0, expect.stringContaining('6 passed, 1 file')])
    const none = await policy(['test', '--run', 'nothing of this'], files)
    expect([none.code, none.stdout]).toEqual([2, ''])
  })

  it('exits with 2 where nothing could be decided', async () => {
    const files = { 'a.test.yaml': 'tests: [', 'readme.md': '' }
    const wrong = await policy(['test'], files)
    expect([wrong.code, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toContain('error  a.test.yaml:1:')
    const missing = await policy(['test', 'x.test.yaml'], files)
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('x.test.yaml cannot be read: not found')
  })

  it('wants a time where policies ask for one', async () => {
    const files = {
      'database.yaml': database,
      'database.test.yaml': good.replace('now: 2026-03-02T10:00:00Z', ''),
    }
    const { code, stdout } = await policy(['test'], files)
    expect(stdout).toContain('the policies look at the time: say now')
    expect(code).toBe(1)
  })
})

describe('panthera policy validate', () => {
  it('tells how many there are', async () => {
    const files = { 'a.yaml': database, 'b.cedar': 'permit(principal is User, action, resource);' }
    const { code, stdout } = await policy(['validate', '.'], files)
    expect([code, stdout]).toEqual([0, '3 policies in 2 files: valid\n'])
  })

  it('shows each error in its line, and exits with 1', async () => {
    const files = { 'a.yaml': database.replace('equals, value: true', 'equal, value: true') }
    const { code, stdout } = await policy(['validate', 'a.yaml'], files)
    expect(code).toBe(1)
    expect(stdout).toContain(
      'error  a.yaml:9:22\n  rules[0].conditions[0].operator: must be one of',
    )
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(did you mean equals?)')
    expect(stdout).toContain(
      '   9 │       - { type: mfa, operator: equal, value: true }\n     │                      ^\n',
    )
  })

  it('shows rules in Cedar, and everything to programs', async () => {
    const files = { 'a.yaml': database }
    const { stdout } = await policy(['validate', '--cedar', 'a.yaml'], files)
    expect(stdout).toContain('permit (\n  principal is User in Group::"engineering",\n')
    const { stdout: json } = await policy(['validate', '--format', 'json', 'a.yaml'], files)
    expect(JSON.parse(json)).toMatchObject({
      valid: true,
      files: [{ path: 'a.yaml', policies: [{ effect: 'permit' }, { effect: 'forbid' }] }],
    })
  })

  it('checks against a schema, and fails for warnings where it should', async () => {
    const files = {
      'a.cedar': 'permit(principal is User, action, resource) when { principal.emial == "x" };',
      'b.cedar': 'permit(principal, action, resource);',
      'schema.txt': `entity User { email: String }; entity Doc;
action read appliesTo { principal: User, resource: Doc };`,
    }
    const wrong = await policy(['validate', 'a.cedar', '--schema', 'schema.txt'], files)
    expect(wrong.stdout).toContain('emial')
    expect(wrong.code).toBe(1)
    const { code, stdout } = await policy(['validate', 'b.cedar', '--strict'], files)
    expect(stdout).toContain('warning  b.cedar:1:1')
    expect(code).toBe(1)
  })
})

describe('panthera policy explain', () => {
  const request = `principal: { id: anna, groups: [engineering], attributes: { department: eng } }
action: read
resource: database:prod-1
now: 2026-03-02T10:00:00Z
`
  const files = { 'a.yaml': database, 'request.yaml': request }
  const args = ['explain', '--policy', 'a.yaml', '--request', 'request.yaml']

  it('says what was missing', async () => {
    const { code, stdout } = await policy(args, files)
    expect(stdout).toBe(`USER anna read database:prod-1
Not permitted: no policy that allows this holds

Near misses:
  a.yaml rules[0] (allow)  Engineers read production in office hours
    context has mfa
    context.mfa is absent
`)
    expect(code).toBe(0)
  })

  it('says what decided', async () => {
    const allowed = { ...files, 'request.yaml': `${request}context: { mfa: true }\n` }
    const { stdout } = await policy([...args, '--format', 'json'], allowed)
    expect(JSON.parse(stdout)).toMatchObject({
      allowed: true,
      reason: 'permitted',
      policies: [{ id: 'a.yaml rules[0]' }],
    })
  })

  it('says for want of what a deny holds, and what groups there are', async () => {
    const deny = `rules:
  - effect: deny
    actions: ['*']
    conditions: [{ type: risk_score, operator: greater_or_equal, value: 70 }]
  - { effect: allow, actions: [read], principals: { groups: [finance] } }
`
    const wanted = { 'a.yaml': deny, 'request.yaml': request }
    expect((await policy(args, wanted)).stdout).toContain(`  by a.yaml rules[0] (deny)
    context.risk_score is absent, which counts as holding in a deny
`)
    const low = { ...wanted, 'request.yaml': `${request}context: { risk_score: 1 }\n` }
    const { stdout } = await policy(args, low)
    expect(stdout).toContain('the principal was User "anna", in groups: engineering')
    const text = { ...wanted, 'request.yaml': `${request}context: { risk_score: 'x' }\n` }
    const failed = (await policy(args, text)).stdout
    expect(failed).toContain('context.risk_score was "x", where a number is needed')
  })

  it('lets nobody bring the platform’s own context', async () => {
    const forged = { ...files, 'request.yaml': `${request}context: { panthera: { time: {} } }\n` }
    const { code, stderr } = await policy(args, forged)
    expect(stderr).toContain('context: panthera is the platform’s own')
    expect(code).toBe(2)
  })
})
