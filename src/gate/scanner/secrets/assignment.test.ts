import { describe, expect, it } from 'vitest'
import { readAssignment } from './assignment.ts'
import type { Syntax } from './place.ts'

const value = 'q7Zx81LmPw04'

/** The value assigned to the first "password" of `text`, in which `V1` is the value. */
function read(text: string, syntax: Syntax = 'code'): string | null {
  const source = text.replaceAll('V1', value)
  const [trigger = ''] = /password/i.exec(source) ?? []
  const from = source.indexOf(trigger)
  return readAssignment(source, from, from + trigger.length, syntax)?.value ?? null
}

describe('quoted values, in any file', () => {
  it.each([
    'password = "V1"',
    "password='V1'",
    'password = `V1`',
    'password: "V1"',
    'password := "V1"',
    'password ::= "V1"',
    'password .= "V1"',
    'password => "V1"',
    'password == "V1"',
    "password === 'V1'",
    "password != 'V1'",
    'password ?? "V1"',
    'password || "V1"',
    'password ?= "V1"',
    '"password": "V1"',
    "['password'] = 'V1'",
    '"password", "V1"',
    "define('DB_PASSWORD', 'V1')",
    'setPassword("V1")',
    'config.password("V1")',
    'password: string = "V1"',
    'password: &str = "V1"',
    'const password string = "V1"',
    "PASSWORD 'V1'",
    'password = """V1"""',
    "password = b'V1'",
    'password = @"V1"',
    'password = []byte("V1")',
    'password = Buffer.from("V1")',
    'password = new Secret("V1")',
    'password =\n    "V1"',
    'password=&quot;V1&quot;',
    '"password = \\"V1\\"\\n"',
    '<add key="password" value="V1"/>',
    '{"name": "password", "value": "V1"}',
    'name = "password"\n  value = "V1"',
    '<x password="V1">',
    '<password>V1</password>',
    '<Password encoding="plain">V1</Password>',
    '<password>\n  V1\n</password>',
    '<key>password</key>\n  <string>V1</string>',
    '"jdbc:x://h/d?user=a&password=V1&ssl=true"',
    '"Server=h;password=V1;"',
    '"password=V1"',
    'export password=V1\n',
  ])('%s', (text) => {
    expect(read(text)).toBe(value)
  })
})

describe('values without quotes', () => {
  it.each([
    'password=V1',
    'password: V1\n',
    'password = V1 # comment',
    'password=V1;',
    'ENV PASSWORD V1\n',
    'machine h login a password V1\n',
    '--password V1 --other',
    'name: password\n  value: V1\n',
    'addr=h,password=V1,db=0',
  ])('%s', (text) => {
    expect(read(text, 'config')).toBe(value)
    expect(read(text.replace(';', ' '), 'config')).toBe(value)
  })

  it.each(['password=V1', 'password: V1', 'a = password', 'password = V1;'])(
    '%s is a variable',
    (text) => {
      expect(read(text)).toBeNull()
    },
  )
})

describe('what is no value', () => {
  it.each([
    'password = "V1" + rest',
    'password = "V1" % rest',
    'password = "V1".format(rest)',
    'password = f"V1{rest}"',
    'password = "V1\n"',
    'password = getPassword("V1")',
    'password = os.environ.get("V1")',
    'password = t("V1")',
    'getPassword("V1")',
    'if (password) x = "V1"',
    'the password is "V1"',
    'password, "V1"',
    'password::V1',
    'password =~ "V1"',
  ])('%s', (text) => {
    expect(read(text)).toBeNull()
  })

  it.each(['password: enter yours here', 'password: V1 and so on', 'password = call(V1)'])(
    '%s in prose',
    (text) => {
      expect(read(text, 'config')).toBeNull()
    },
  )

  it('does not run away with a name or a value that never ends', () => {
    expect(read(`${'a'.repeat(1e6)}password${'b'.repeat(1e6)} = "V1"`)).toBeNull()
    expect(read(`password = "${'a'.repeat(1e6)}"`)).toBeNull()
  })
})
