import { describe, expect, it } from 'vitest'
import type { Layout } from './layout.ts'
import { checkSettings, serverArguments, settingsText } from './settings.ts'

const layout: Layout = {
  dataDir: '/d',
  root: '/d/postgres',
  cluster: '/d/postgres/data',
  log: "/d/it's/log",
  startLog: '/d/postgres/start.log',
  socketDirectory: '/d/a "b", c/run',
  mutexName: 'panthera-test',
}

describe('settingsText', () => {
  it('lets overrides win and quotes what could end a value', () => {
    const text = settingsText(layout, { max_connections: '33', search_path: `a'b\\c` })
    expect(text).toContain("\nmax_connections = '33'\n")
    expect(text).toContain("\nsearch_path = 'a''b\\\\c'\n")
    expect(text).toContain("\nlog_directory = '/d/it''s/log'\n")
    expect(text).toContain("\nfsync = 'on'\n")
  })
})

describe('serverArguments', () => {
  it('opens no TCP and quotes the folder of the socket as an item of a list', () => {
    const options = serverArguments(layout, 'embedded/1')
    expect(options).toContain('listen_addresses=')
    expect(options).toContain('unix_socket_directories="/d/a ""b"", c/run"')
    expect(options).toContain('panthera.binaries=embedded/1')
  })
})

describe('checkSettings', () => {
  it.each([
    ['listen_addresses', '*', 'belongs to the launcher'],
    ['data_directory', '/', 'belongs to the launcher'],
    ['x = 1\ny', '2', 'is not the name of a setting'],
    ['work_mem', '1MB\nport = 1', 'control character'],
  ])('refuses %j = %j', (name, value, reason) => {
    expect(() => checkSettings({ [name]: value })).toThrow(reason)
  })

  it('takes settings of extensions', () => {
    expect(() => checkSettings({ 'auto_explain.log_min_duration': '1s' })).not.toThrow()
  })
})
