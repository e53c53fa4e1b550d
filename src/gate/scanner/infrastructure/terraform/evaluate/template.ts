// Templates: texts with values in them. Where a value is unknown, the pieces around it are kept,
// because much can be read from a policy of which only a name is missing.
import type { Place, Value } from '../../resource.ts'
import type { Expression, ForPart, TemplateParts } from '../syntax/tree.ts'
import { pairsOf } from './iteration.ts'
import { Pieces } from './pieces.ts'
import type { Scope } from './scope.ts'
import { bind } from './scope.ts'
import { booleanOf, unknown } from './value.ts'

interface Evaluating {
  scope: Scope
  evaluate: (expression: Expression, scope: Scope) => Value
}

export function evaluateTemplate(
  parts: TemplateParts,
  place: Place,
  evaluating: Evaluating,
): Value {
  const [only] = parts
  if (parts.length === 1 && only?.kind === 'value') {
    return evaluating.evaluate(only.value, evaluating.scope)
  }
  const text = new Pieces(place)
  append(parts, text, evaluating)
  const { work } = evaluating.scope
  return work.allows(text.length, 'text') ? text.value() : unknown(place)
}

function append(parts: TemplateParts, text: Pieces, evaluating: Evaluating): void {
  const { scope, evaluate } = evaluating
  for (const part of parts) {
    if (!scope.work.take() || text.length > lengthMax) return
    if (part.kind === 'text') text.add(part.text)
    else if (part.kind === 'value') text.addValue(evaluate(part.value, scope))
    else if (part.kind === 'for') appendEach(part, text, evaluating)
    else {
      const condition = evaluate(part.condition, scope)
      const truth = booleanOf(condition)
      if (truth === null) text.addValue(unknown(text.place, condition))
      else append(truth ? part.whenTrue : part.whenFalse, text, evaluating)
    }
  }
}

const lengthMax = 1_000_000

function appendEach(part: ForPart, text: Pieces, { scope, evaluate }: Evaluating): void {
  const collection = evaluate(part.collection, scope)
  const pairs = pairsOf(collection, text.place)
  if (pairs === null) {
    text.addValue(unknown(text.place, collection))
    return
  }
  for (const { key, value } of pairs) {
    const inner = bind(scope, part.valueName, value)
    const round = part.keyName === null ? inner : bind(inner, part.keyName, key)
    append(part.parts, text, { scope: round, evaluate })
    if (scope.work.ended || text.length > lengthMax) return
  }
}
