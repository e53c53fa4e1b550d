// Reads what is known of parameters, and of functions that a framework calls.
import { Fields } from '../../secrets/fields.ts'
import { patternOf } from './condition.ts'
import type { EntryFault, EntryModel, ParameterModel, ParameterRule, ReturnSink } from './data.ts'
import { parsePosition } from './position.ts'
import { parseSource } from './source.ts'

export function parseParameterRule(fields: Fields): ParameterRule {
  return {
    annotations: fields.textsOr('annotated', []),
    types: fields.textsOr('declared', []),
    source: parseSource(fields),
    type: fields.textOr('type', null),
    pattern: fields.textOr('pattern-in', null),
  }
}

/** `{}` says nothing: it only counts. */
export function parseParameter(fields: Fields): ParameterModel {
  const elements = fields.has('elements-of')
  const key = elements ? 'elements-of' : 'from'
  return {
    type: fields.textOr('type', null),
    source: parseSource(fields),
    from: fields.has(key) ? parsePosition(fields.raw(key), `${fields.where}: ${key}`) : null,
    elements,
  }
}

export function parseEntry(fields: Fields): EntryModel {
  const list = (key: string) =>
    fields.has(key)
      ? fields
          .items(key)
          .map((item, index) => new Fields(item, `${fields.where}: ${key}[${index}]`))
      : []
  const others = fields.childOr('others')
  const entry: EntryModel = {
    annotations: fields.textsOr('annotated', []),
    overrides: fields.textsOr('overrides', []),
    ownerAnnotations: fields.textsOr('owner-annotated', []),
    parameters: list('parameters').map(read(parseParameter)),
    others: others === null ? null : read(parseParameter)(others),
    except: fields.textsOr('except', []),
    sinks: list('sinks').map(read(parseReturnSink)),
    faults: list('faults').map(read(parseFault)),
  }
  if (entry.annotations.length + entry.overrides.length + entry.ownerAnnotations.length === 0) {
    fields.refuse('annotated', undefined, 'given, or overrides or owner-annotated')
  }
  return entry
}

function parseFault(fields: Fields): EntryFault {
  const rule = fields.text('rule')
  if (fields.exactlyOne(['does', 'answers']) === 'does') {
    return { rule, when: { does: fields.oneOf('does', ['nothing']) } }
  }
  const value = fields.raw('answers')
  if (typeof value !== 'boolean' && value !== null) {
    fields.refuse('answers', value, 'true, false or null')
  }
  return { rule, when: { answers: value } }
}

function parseReturnSink(fields: Fields): ReturnSink {
  const harmless = fields.childOr('harmless')
  return {
    rule: fields.text('rule'),
    unless: fields.textsOr('unless', []),
    returning: fields.textsOr('returning', []),
    starting: fields.has('starts-with') ? patternOf(fields, 'starts-with') : null,
    harmless:
      harmless === null
        ? null
        : read((child) => ({ argument: child.text('argument'), pattern: child.text('matches') }))(
            harmless,
          ),
  }
}

function read<Result>(parse: (fields: Fields) => Result): (fields: Fields) => Result {
  return (fields) => {
    const result = parse(fields)
    fields.nothingElse()
    return result
  }
}
