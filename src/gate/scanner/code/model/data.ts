// What is known of libraries, as data: which calls bring in what others wrote (sources), which
// must not be given it (sinks), what makes it harmless, what passes it on. Read from
// `rules/models/<language>/<library>.yaml` by `model.ts`, which describes the form.

import type { Language } from '../ir/ir.ts'

/** All that is known of one language. */
export interface LanguageModels {
  language: Language
  /** Prefixes of full names that are read as others: `jakarta.` as `javax.`. */
  renames: [from: string, to: string][]
  /** Full name of a type -> its direct supertypes. */
  types: Record<string, string[]>
  /** Types whose values are no text an attacker could choose: numbers, truth values, dates. */
  plainTypes: string[]
  functions: FunctionModel[]
  properties: PropertyModel[]
  parameters: ParameterRule[]
  entries: EntryModel[]
  names: NameModel[]
}

export const emptyModels = (language: Language): LanguageModels => ({
  language,
  renames: [],
  types: {},
  plainTypes: [],
  functions: [],
  properties: [],
  parameters: [],
  entries: [],
  names: [],
})

/**
 * Where the data comes from, which decides what a rule makes of it.
 *
 * - `request`: a remote user sends it with a request;
 * - `message`: it arrives over a queue, a socket or a mail;
 * - `response`: another service answered it;
 * - `stored`: it was read from a database or a cache, where a user may have put it;
 * - `file`: it was read from a file;
 * - `environment`: arguments, variables and settings of the process, standard input;
 * - `library`: a caller hands it to an exported function;
 * - `archive`: an archive names an entry so, whoever made it;
 * - `predictable`: a generator made it whose numbers can be computed by others;
 * - `joined`: from a caller, another service, a database or a file, where the sink is given more
 *   than what came: a text that begins with a constant. What runs the statement that it is given
 *   is made for that; what builds the statement has to build it well, whoever its callers are.
 */
export const sourceKinds = [
  'request',
  'message',
  'response',
  'stored',
  'file',
  'environment',
  'library',
  'archive',
  'predictable',
  'joined',
] as const
export type SourceKind = (typeof sourceKinds)[number]

export interface SourceModel {
  kind: SourceKind
  /** In a few words, as the first step of the flow: `request parameter`. */
  label: string
  /** Rules for which what comes from here is harmless, `*` for all of them. */
  cleans: string[]
}

/** A call is known by the full name of what is called: see `model.ts`. */
export interface FunctionModel {
  names: string[]
  /** The result comes from outside. */
  source: SourceModel | null
  sinks: SinkModel[]
  misuses: MisuseModel[]
  /** Rules for which the result is harmless, whatever went in; `*` for all. */
  cleans: string[]
  /** Instead of "receiver and arguments flow to the result", which null stands for. */
  flows: Flow[] | null
  /** Full name of the type of the result; `receiver` for the very object it was called on. */
  returns: string | null
  /** The result, where it is always the same. */
  value: Scalar[] | null
  /** Name of what it does to texts and collections: see `interpret/intrinsics`. */
  does: string | null
  callbacks: CallbackModel[]
  checks: CheckModel[]
  /** What is to be remembered of the receiver, or of the result of a constructor. */
  sets: PropertySetter[]
  /** The result is given what is remembered of the receiver. */
  keeps: boolean
  /** Holds for calls with so many arguments only: [least, most]. */
  arity: [number, number] | null
}

/** Stands among rules where one says what is harmless: a path without `..` in it. */
export const normalised = 'normalised'

export type Scalar = string | number | boolean | null

/**
 * A place at a call. Its purpose is what its result is for: names of the variable, field or key
 * that it becomes the value of, and of the function that returns it.
 */
export interface Position {
  root: 'receiver' | 'return' | 'argument' | 'all' | 'purpose'
  /** Counted from 0; null for a named argument. */
  index: number | null
  /** Name of an argument given by name. */
  name: string | null
  /** This argument and all after it. */
  onwards: boolean
  /** Properties or constant keys to go down: `options.shell` is [shell]. */
  path: string[]
}

export interface Flow {
  from: Position
  to: Position
}

/** What comes from outside must not reach these positions. */
export interface SinkModel {
  rule: string
  positions: Position[]
  when: Condition[]
  unless: Condition[]
}

/** The call itself is the fault, whatever flows. */
export interface MisuseModel {
  rule: string
  when: Condition[]
  unless: Condition[]
}

/** Holds where one of the values that may stand at one of the positions fulfils the test. */
export interface Condition {
  positions: Position[]
  test: ConditionTest
}

export type ConditionTest =
  /** Text is compared without regard to capitals. */
  | { kind: 'is'; values: Scalar[] }
  /** Known, and none of these. */
  | { kind: 'isNot'; values: Scalar[] }
  | { kind: 'matches'; pattern: string }
  | { kind: 'below'; number: number }
  | { kind: 'constant' }
  | { kind: 'unknown' }
  | { kind: 'given' }
  | { kind: 'missing' }
  | { kind: 'tainted' }
  | { kind: 'type'; types: string[] }
  /** A function that answers so on all ways. */
  | { kind: 'answers'; value: Scalar }
  /** A text that is joined from a constant start, which these match: `https://example.com/`. */
  | { kind: 'startsWith'; pattern: string }

/** What the answer of a test tells of what it was asked about. */
export interface CheckModel {
  positions: Position[]
  /** Rules for which it is harmless where the answer is as here. */
  cleans: string[]
  answers: boolean
}

export interface CallbackModel {
  positions: Position[]
  parameters: ParameterModel[]
  /** Where what the callback returns flows to: `return`, or the receiver. */
  result: Position | null
}

/** What a parameter is given when a framework calls. */
export interface ParameterModel {
  /** Full name of its type. */
  type: string | null
  source: SourceModel | null
  /** For callbacks: its value is what stands there, or in it (`elements`). */
  from: Position | null
  elements: boolean
}

export interface PropertyModel {
  /** Full names: of the owner's type or symbol, a dot, the property. */
  names: string[]
  source: SourceModel | null
  returns: string | null
  /** What is assigned to it must not come from outside. */
  sinks: SinkModel[]
  misuses: MisuseModel[]
  cleans: string[]
  value: Scalar[] | null
}

/** What is assigned to a variable or field of such a name, or returned by such a function. */
export interface NameModel {
  pattern: string
  sinks: SinkModel[]
  misuses: MisuseModel[]
}

export interface PropertySetter {
  property: string
  /** Where its new value stands, or what it is. */
  to: Position | { value: Scalar }
  /** Position whose constant is added to the property's name: `feature:` + first argument. */
  named: Position | null
}

/** Parameters that are given something because of how they are declared. */
export interface ParameterRule {
  annotations: string[]
  types: string[]
  source: SourceModel | null
  type: string | null
  /** The annotation's argument that holds a pattern which the value has to match. */
  pattern: string | null
}

/** Functions that a framework calls. */
export interface EntryModel {
  /** On the function. */
  annotations: string[]
  /** `T.m`: methods called m of classes that extend T. */
  overrides: string[]
  /** On the class of the method. */
  ownerAnnotations: string[]
  parameters: ParameterModel[]
  /** Those after `parameters`; null: nothing is known. */
  others: ParameterModel | null
  /** Parameters of these types are the framework's own. */
  except: string[]
  /** What it returns must not come from outside. */
  sinks: ReturnSink[]
  /** What it must not be itself. */
  faults: EntryFault[]
}

export interface EntryFault {
  rule: string
  /** `nothing`: its body is empty; else what it answers on all ways. */
  when: { does: 'nothing' } | { answers: Scalar }
}

export interface ReturnSink {
  rule: string
  /** Annotations of the function or its class, under which it is harmless. */
  unless: string[]
  /** Only where the declared type of the result is one of these; empty for any. */
  returning: string[]
  /** Only what begins so, as far as its beginning is known; null for anything. */
  starting: string | null
  /** Harmless where an argument of this name of one of its annotations matches. */
  harmless: { argument: string; pattern: string } | null
}
