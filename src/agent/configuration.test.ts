import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkHost } from './check.ts'
import { readApiKey, readConfiguration } from './configuration.ts'
import { testApiKey } from './fixtures/job-server.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-configuration-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const least = { server: 'https://panthera.example', name: 'a' }

describe('the configuration of an agent', () => {
  const file = (text: string) => {
    const path = join(folder, 'agent.yaml')
    writeFileSync(path, text)
    return path
  }
  const read = (settings: object) => readConfiguration(file(JSON.stringify(settings)))

  it('knows the commands of its types, and the host’s own before them', async () => {
    const { commands, server, data } = await read({
      ...least,
      ...{ data: 'data', targets: ['nginx'] },
      deploy: { commands: { 'nginx-reload': ['/bin/systemctl', 'reload', 'nginx'] } },
    })
    expect(server).toBe('https://panthera.example/trust')
    expect(data).toBe(join(folder, 'data'))
    expect(Object.fromEntries(commands)).toEqual({
      'nginx-test': ['/usr/sbin/nginx', '-t', '-q'],
      'nginx-reload': ['/bin/systemctl', 'reload', 'nginx'],
    })
  })

  it.each<[string, object | string, RegExp]>([
    ['no YAML', 'a: [', /agent\.yaml: /],
    ['no server', { name: 'a' }, /: server must be an https:\/\/ address|: server is required/],
    ['plain http', { ...least, server: 'http://panthera.example' }, /server must be https:\/\//],
    ['an unknown key', { ...least, shell: 'sh' }, /: shell is not known$/],
    ['an unknown key below', { ...least, deploy: { run: 1 } }, /: run in deploy is not known$/],
    ['an unknown type', { ...least, targets: ['iis'] }, /: targets\.0 /],
    [
      'a command without its path',
      { ...least, deploy: { commands: { own: ['sh', '-c', 'x'] } } },
      /deploy\.commands\.own must begin with the absolute path/,
    ],
    ['a folder that is none', { ...least, deploy: { folders: ['../x'] } }, /deploy\.folders\.0 /],
    ['a name with spaces', { ...least, name: 'My Host' }, /: name must be lower-case/],
  ])('with %s is refused', async (_, settings, why) => {
    const text = typeof settings === 'string' ? settings : JSON.stringify(settings)
    await expect(readConfiguration(file(text))).rejects.toThrow(why)
  })

  it('may have its key in a file, which is read anew', async () => {
    const keyFile = join(folder, 'key')
    const configuration = await read({ ...least, keyFile: 'key' })
    await expect(readApiKey(configuration, {})).rejects.toThrow('cannot be read (ENOENT)')
    writeFileSync(keyFile, `${testApiKey}\n`)
    expect(await readApiKey(configuration, {})).toBe(testApiKey)
    writeFileSync(keyFile, 'tg_live_x')
    await expect(readApiKey(configuration, {})).rejects.toThrow('is no key ak_')
  })

  it('is checked against its host', async () => {
    const configuration = await read({
      ...{ ...least, server: 'http://127.0.0.1:9', data: 'data', targets: ['files'] },
      deploy: { folders: [join(folder, 'absent')], commands: { own: ['/bin/none'] } },
    })
    const found = []
    for await (const { what, state } of checkHost(configuration, {})) found.push([what, state])
    expect(found).toEqual([
      ['configuration', 'ok'],
      ['agent key', 'wrong'],
      ['data folder', 'note'],
      ['targets', 'ok'],
      ['folder', 'wrong'],
      ['command own', 'wrong'],
      ['server', 'unreachable'],
    ])
  })
})
