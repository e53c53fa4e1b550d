// What values are for, as far as names tell: `reset_code = randint(…)`, and also where a variable
// goes on to: `session['key'] = value`, `set_cookie('remember', value)`.
import type { Syntax, SyntaxNode } from '../syntax.ts'

/** Per name of a variable what it is put into, in the whole file. */
export function readPurposes(syntax: Syntax): ReadonlyMap<string, string> {
  const purposes = new Map<string, string>()
  for (let node = 0; node < syntax.count; node++) {
    const kind = syntax.kind(node)
    const into = kind === 'assignment' ? 'left' : kind === 'call' ? 'function' : null
    const place = into === null ? null : syntax.field(node, into)
    const from = into === null ? null : syntax.field(node, into === 'left' ? 'right' : 'arguments')
    if (place === null || from === null || !telling.test(syntax.textOf(place))) continue
    addNames(syntax, from, syntax.textOf(place), purposes)
  }
  return purposes
}

/** Only what a secret would be put into is worth keeping. */
const telling = /cookie|session|token|passw|secret|otp|csrf|nonce|salt|credential|api_?key/i

const namesMax = 20

function addNames(
  syntax: Syntax,
  from: SyntaxNode,
  place: string,
  purposes: Map<string, string>,
): void {
  const end = Math.min(syntax.after(from), from + namesMax)
  for (let node = from; node < end; node++) {
    if (syntax.kind(node) !== 'identifier') continue
    const name = syntax.textOf(node)
    const known = purposes.get(name)
    if (known === undefined) purposes.set(name, place.slice(0, 80))
    else if (known.length < 400 && !known.includes(place)) {
      purposes.set(name, `${known} ${place.slice(0, 80)}`)
    }
  }
}
