// Names of attributes as rules write them: `department`, or `device.compliant` for what is nested.

const lengthMax = 128
const levelsMax = 8

/** Its levels; null where the text is no such path. */
export function readPath(text: string): string[] | null {
  if (text.length > lengthMax || !text.isWellFormed() || unprintable.test(text)) return null
  const levels = text.split('.')
  const fits = levels.length <= levelsMax && !levels.includes('')
  return fits ? levels : null
}

/** Names come into documents and terminals as they are. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
