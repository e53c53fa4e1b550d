// Names of modules that a file imports relative to itself.

/** What `from ..name import` names in the file at `path`; `dots` counts the dots. */
export function relativeModule(path: string, dots: number, name: string): string {
  const folders = path.split('/').slice(0, -1)
  const within = folders.slice(0, Math.max(folders.length - (dots - 1), 0))
  return [...within, ...(name === '' ? [] : [name])].join('.')
}
