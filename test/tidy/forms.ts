// Forms of the language that are not written here.
import type { NodeInPlace } from './syntax.ts'
import { nodesOf } from './syntax.ts'
import type { Tree } from './tree.ts'
import { isCode, lineAt } from './tree.ts'

export function findForbiddenForms(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => isCode(path))
    .flatMap(([path, text]) => [
      ...nodesOf(path, text).flatMap((place) => {
        const problem = judge(place)
        return problem ? [`${path}:${lineAt(text, place.node.start)} ${problem}`] : []
      }),
      ...unexplained(path, text),
    ])
}

function judge({ node }: NodeInPlace): string | undefined {
  switch (node.type) {
    case 'TSAnyKeyword':
      return 'says any: name the type, or unknown and check it'
    case 'TSNonNullExpression':
      return 'silences undefined with "!": handle it or check it'
    case 'ExportDefaultDeclaration':
      return 'exports a default: give the export its name'
    default:
      return undefined
  }
}

/** A suppression without its reason cannot be judged later. */
function unexplained(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const place = `${path}:${index + 1}`
    if (/^\s*\/\/ @ts-(ignore|nocheck)/.test(line)) return [`${place} switches the compiler off`]
    if (/^\s*\/\/ @ts-expect-error\s*$/.test(line)) return [`${place} suppresses without a reason`]
    return []
  })
}
