// Full names of modules. `node:fs` is `fs`, `./users` in `src/routes/admin.ts` is
// `./src/routes/users`: files of the same tree are named from its root, without an ending.

export function moduleName(path: string, specifier: string): string {
  if (/^\.\.?(?:\/|$)/.test(specifier)) return `./${resolve(path, specifier)}`
  const name = specifier.replace(/^(?:node|npm|jsr):/, '')
  return name === 'fs/promises' ? 'fs.promises' : name
}

/** `default` of a package is the package: so do CommonJS and bundlers that mix both. */
export function memberName(module: string, member: string): string {
  return member === 'default' && !module.startsWith('./') ? module : `${module}.${member}`
}

function resolve(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/').replace(/\.[cm]?[jt]sx?$/, '')
}
