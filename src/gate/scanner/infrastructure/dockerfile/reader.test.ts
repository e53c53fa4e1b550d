import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import type { Value } from '../resource.ts'
import { dockerfileReader } from './reader.ts'

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain }

function plain(value: Value): Plain {
  if (value.kind === 'scalar') return value.value
  if (value.kind === 'unknown') return '?'
  if (value.kind === 'list') return value.items.map(plain)
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
}

function stages(text: string) {
  const source = new SourceText('Dockerfile', Buffer.from(text))
  const { resources } = dockerfileReader.read(source, { expired: () => false })
  return resources.map(({ address, body }) => ({
    address,
    body: plain(body) as Record<string, Plain>,
    commands: commandsIn(body),
  }))
}

/** The texts of the places of all commands. */
function commandsIn(value: Value): string[] {
  if (value.kind === 'list') return value.items.flatMap(commandsIn)
  if (value.kind !== 'map') return []
  if (value.entries.has('sudo')) {
    const { source, start, end } = value.place
    return [source.text.slice(start, end)]
  }
  return [...value.entries.values()].flatMap((entry) => commandsIn(entry.value))
}

const bodyOf = (text: string) => stages(text).at(-1)?.body ?? {}

describe('dockerfileReader', () => {
  it.each([
    ['Dockerfile', true],
    ['docker/Dockerfile.prod', true],
    ['web.dockerfile', true],
    ['Containerfile', true],
    ['Dockerfile-alpine', true],
    ['Dockerfile.md', false],
    ['Dockerfile.dockerignore', false],
    ['dockerfile.go', false],
    ['Dockerfile.j2', false],
    ['src/file.ts', false],
  ])('wants %s: %s', (path, wanted) => {
    expect(dockerfileReader.wants(path)).toBe(wanted)
  })

  it('follows stages, arguments and variables', () => {
    const text = [
      '# syntax=docker/dockerfile:1',
      'ARG BASE=node TAG',
      `FROM --platform=linux/arm64 \${BASE}:\${TAG:-22}-slim AS Build`,
      'ENV A=1 B="$A 2"',
      'USER app:app',
      'FROM build',
      'ARG BASE',
      'ENV C=$A D $UNSET',
      'EXPOSE 80 $A/udp',
    ].join('\n')
    const [build, last] = stages(text)
    expect(build).toMatchObject({
      address: 'stage/build',
      body: {
        last: false,
        image: { text: 'node:22-slim', repository: 'node', tag: '22-slim' },
        platform: 'linux/arm64',
        env: { A: '1', B: '?' },
        user: 'app:app',
      },
    })
    expect(last?.body).toMatchObject({
      last: true,
      image: { stage: 'build' },
      user: 'app:app',
      arguments: [{ name: 'BASE', value: 'node' }],
      expose: ['80', '1/udp'],
    })
  })

  it.each<[name: string, text: string, body: Plain]>([
    ['an unknown image', 'FROM $X', { image: '?' }],
    ['an unknown user', 'FROM a\nARG U\nUSER $U', { user: '?' }],
    ['lower case', 'from a\nuser b', { user: 'b' }],
    ['the old form of ENV', 'FROM a\nENV A b c=d', { env: { A: 'b c=d' } }],
    ['a registry with a port', 'FROM r:5/a/b', { image: { text: 'r:5/a/b', name: 'b' } }],
    [
      'a copy in JSON',
      'FROM a\nCOPY --from=b ["c d", "e"]',
      { copy: [{ sources: ['c d'], destination: 'e', from: 'b' }] },
    ],
    [
      'an addition',
      'FROM a\nADD --checksum=sha256:0 x y /z/',
      { add: [{ sources: ['x', 'y'], checksum: 'sha256:0' }] },
    ],
    ['a command', 'FROM a\nCMD ["b"]', { start: ['["b"]'] }],
    [
      'isolation',
      'FROM a\nRUN --security=insecure --network=host b',
      { run: [{ security: 'insecure', network: 'host' }] },
    ],
  ])('reads %s', (_, text, body) => {
    expect(bodyOf(text)).toMatchObject(body as Record<string, Plain>)
  })

  it.each<[name: string, run: string, commands: string[]]>([
    ['joined lines', 'RUN a b \\\n  # no\n\n  c && \\\n  d', ['a b \\\n  # no\n\n  c', 'd']],
    ['carriage returns', 'RUN a \\\r\n  && b\r\n', ['a', 'b']],
    ['a heredoc', 'RUN <<X\na b\nc\nX\nUSER d', ['a b', 'c']],
    ['a heredoc for a shell', 'RUN bash <<-"X"\n\ta\n\tX\n', ['a']],
    ['a heredoc as input', 'RUN cat <<X > /y\na; b\nX\n', ['cat']],
    ['the exec form', 'RUN ["sh", "-c", "a; b"]', Array(3).fill('RUN ["sh", "-c", "a; b"]')],
    ['another escape', 'RUN a \\\nb', ['a \\\nb']],
    ['no commands of PowerShell', 'SHELL ["powershell"]\nRUN a; b', []],
  ])('knows where commands stand: %s', (_, run, commands) => {
    expect(stages(`FROM x\n${run}`).at(-1)?.commands).toEqual(commands)
  })

  it('joins lines by the escape of the directive', () => {
    const text = '# escape=`\nFROM x\nRUN a `\n  && dir C:\\\nUSER b'
    expect(stages(text).at(-1)).toMatchObject({ body: { user: 'b' }, commands: ['a', 'dir C:\\'] })
  })
})
