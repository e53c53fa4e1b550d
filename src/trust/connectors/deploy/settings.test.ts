import { describe, expect, it } from 'vitest'
import { type DeployTypeName, deployTypes } from './index.ts'

const pair = { certificateFile: '/etc/tls/a.pem', keyFile: '/etc/tls/a.key' }
const issuesOf = (type: DeployTypeName, settings: object) =>
  deployTypes[type].settings
    .safeParse(settings)
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)

describe('settings of targets', () => {
  it('have what a Debian host has by default', () => {
    expect(deployTypes.nginx.plan(pair)).toEqual({
      place: {
        kind: 'files',
        files: [
          { path: '/etc/tls/a.key', content: 'key' },
          { path: '/etc/tls/a.pem', content: 'fullchain' },
        ],
      },
      test: { kind: 'command', name: 'nginx-test' },
      reload: { kind: 'command', name: 'nginx-reload' },
      probes: [{ host: '127.0.0.1', port: 443, serverName: null }],
    })
  })

  it.each<[DeployTypeName, object, string]>([
    ['nginx', {}, 'folder is required unless certificateFile and keyFile are given'],
    ['nginx', { certificateFile: '/a.pem' }, 'keyFile is required beside certificateFile'],
    ['apache', { ...pair, folder: '/etc/tls' }, 'certificateFile cannot stand beside folder'],
    ['nginx', { ...pair, keyFile: '/etc/tls/a.pem' }, 'keyFile must be another file than'],
    ['nginx', { folder: 'tls' }, 'folder must be an absolute path'],
    ['nginx', { folder: '/etc/../root' }, 'folder must have no "." or ".."'],
    ['nginx', { folder: '/etc/a b' }, 'folder must be an absolute path of plain characters'],
    ['haproxy', { pemFile: '/a.pem;show' }, 'pemFile must be an absolute path of plain'],
    ['haproxy', { pemFile: '/a.pem\nshow' }, 'pemFile must be an absolute path of plain'],
    ['nginx', { ...pair, reloadCommand: '/bin/sh' }, 'reloadCommand must be lower-case'],
    ['nginx', { ...pair, probes: [] }, 'probes '],
    ['nginx', { ...pair, probes: [{ host: 'a b' }] }, 'probes.0.host must be a host name'],
    ['caddy', { ...pair, adminUrl: 'http://10.0.0.1:2019' }, 'adminUrl must be http:// on'],
    ['caddy', { ...pair, adminUrl: 'http://localhost:2019/load' }, 'adminUrl must be http:// on'],
    ['files', {}, 'fullchainFile is required, or one of'],
    ['files', { keyFile: '/a', combinedFile: '/a' }, 'combinedFile must be another file than'],
    ['kubernetes', { secret: '../x' }, 'secret must be the name of a secret'],
    ['kubernetes', { secret: 'a', command: 'x' }, ' '],
  ])('of %s: %j is refused', (type, settings, why) => {
    expect(issuesOf(type, settings)?.[0]).toContain(why)
  })
})
