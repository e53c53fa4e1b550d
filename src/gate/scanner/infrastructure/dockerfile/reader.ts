// Dockerfiles as resources: one `stage` for each FROM, with this body:
//
//     name, last          whether it is the last stage, which becomes the image
//     image               { text, repository, name, tag?, digest? }, or { stage }
//     user?               the last USER, also of the stage that it goes on from
//     env                 a mapping; arguments: a list of { name, value? } from ARG
//     expose              a list of texts such as 80/tcp
//     start               a list of what CMD and ENTRYPOINT say
//     run                 a list of { commands, security?, network? }; commands as in shell/view.ts
//     add, copy           lists of { sources, destination, from?, checksum?, chmod?, chown? }
import type { SourceText } from '../../source-text.ts'
import { list, made, scalar } from '../mapping.ts'
import { holds, type PlatformReader } from '../reader.ts'
import type { Resource } from '../resource.ts'
import { readInstructions } from './instructions.ts'
import { readStages, type Stage, stagesMax } from './stages.ts'

export const dockerfileReader: PlatformReader = {
  wants: (path) => isDockerfile(path.slice(path.lastIndexOf('/') + 1)),
  read(source) {
    if (!holds(source, 'FROM') && !holds(source, 'from')) return { resources: [], problem: null }
    const stages = readStages(readInstructions(source))
    const isCut = stages.length === stagesMax
    return {
      resources: stages.map((stage) => toResource(source, stage, stage === stages.at(-1))),
      problem: isCut ? `only the first ${stagesMax} stages of the Dockerfile were read` : null,
    }
  },
}

function isDockerfile(name: string): boolean {
  return names.test(name) && !foreign.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase())
}

const names = /^(?:[\w.-]{0,100}\.)?(?:docker|container)file(?:[._-][\w.-]{0,100})?$/i
/** Endings of files about Dockerfiles, and of templates of which only a program makes one. */
const foreign = new Set(
  [
    'dockerignore md txt html json yaml yml toml lock snap bak orig in patch diff',
    'js cjs mjs jsx ts cts mts tsx py go rb rs java rego sh',
    'j2 jinja jinja2 erb tmpl tpl template mustache hbs',
  ].flatMap((line) => line.split(' ')),
)

function toResource(source: SourceText, { name, place, view }: Stage, isLast: boolean): Resource {
  const { image, platform, user, env, expose, run, add, copy } = view
  const body = made(
    {
      name: scalar(name, place),
      last: scalar(isLast, place),
      image,
      platform,
      user,
      env: made(Object.fromEntries(env), place),
      arguments: list(view.arguments, place),
      start: list([...view.start.values()], place),
      expose: list(expose, place),
      run: list(run, place),
      add: list(add, place),
      copy: list(copy, place),
    },
    place,
  )
  return {
    platform: 'dockerfile',
    type: 'stage',
    address: `stage/${name}`,
    body,
    place,
    scope: source.path,
  }
}
