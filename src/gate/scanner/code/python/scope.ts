// Python's scopes: which names a module, class, function or comprehension binds, and what a name
// means where it is read.
import type { SyntaxNode } from '../syntax.ts'

export interface Scope {
  kind: 'module' | 'class' | 'function' | 'comprehension'
  /** Of a class: its name with those of the classes around it. */
  name: string
  parent: Scope | null
  names: Map<string, Binding>
  /** Names that `global` and `nonlocal` give to a scope further out. */
  outer: Map<string, 'global' | 'nonlocal'>
  /** Of a function: whether it yields. */
  isGenerator: boolean
}

export interface Binding {
  /** Unique among all names that can be seen together: `x`, `x#2`. */
  id: string
  /** Full name of what it is imported as; null for what the file itself binds. */
  imported: string | null
  /** Values are assigned that are no mere stand-in for an import that failed. */
  isAssigned: boolean
  /** The value, where it is assigned once and as a whole. */
  origin: SyntaxNode | null
  /** The first parameter of a method: `self`, `cls`. */
  isSelf: boolean
  /** The class whose member or which itself it is; null for others. */
  scope: Scope
  declares: 'class' | 'function' | null
  /** The class or function that it declares. */
  definition: SyntaxNode | null
}

export type Meaning =
  | { kind: 'local'; id: string; binding: Binding }
  | { kind: 'self' }
  /** A name of a class, seen from the body of the class. */
  | { kind: 'member'; owner: Scope; binding: Binding }
  | { kind: 'symbol'; name: string }

export function createScope(kind: Scope['kind'], name: string, parent: Scope | null): Scope {
  return { kind, name, parent, names: new Map(), outer: new Map(), isGenerator: false }
}

/** Where an assignment in `scope` binds `name`. */
export function bindingScope(scope: Scope, name: string): Scope {
  const given = scope.outer.get(name)
  if (given === undefined) return scope
  let outer: Scope = scope
  while (outer.parent !== null) {
    outer = outer.parent
    if (given === 'nonlocal' && outer.kind === 'function' && outer.names.has(name)) return outer
  }
  return outer
}

export function lookUp(from: Scope, name: string): Binding | null {
  let isOwnClass = true
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (scope.outer.has(name)) return bindingScope(scope, name).names.get(name) ?? null
    const binding = scope.names.get(name)
    // Functions do not see the names of the class that they are members of.
    if (binding !== undefined && (scope.kind !== 'class' || isOwnClass)) return binding
    if (scope.kind === 'function') isOwnClass = false
  }
  return null
}

/** What a name means: a local, something imported, or what Python itself or `*` brings. */
export function meaningOf(from: Scope, name: string, starImports: readonly string[]): Meaning {
  const binding = lookUp(from, name)
  if (binding === null) {
    const star = builtins.has(name) ? undefined : starImports.at(-1)
    return { kind: 'symbol', name: star === undefined ? name : `${star}.${name}` }
  }
  if (binding.isSelf) return { kind: 'self' }
  if (binding.imported !== null && !binding.isAssigned) {
    return { kind: 'symbol', name: binding.imported }
  }
  if (binding.scope.kind === 'class' && binding.declares !== 'class') {
    return { kind: 'member', owner: binding.scope, binding }
  }
  return { kind: 'local', id: binding.id, binding }
}

const builtins = new Set(
  `ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
  BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
  ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis
  EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError
  FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning
  IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt
  LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented
  NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
  ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
  StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError
  TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
  UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError __file__
  __import__ __name__ abs aiter all anext any apply ascii basestring bin bool breakpoint bytearray
  bytes callable chr classmethod cmp compile complex copyright credits delattr dict dir divmod
  enumerate eval exec execfile exit file filter float format frozenset getattr globals hasattr
  hash help hex id input int isinstance issubclass iter len license list locals long map max
  memoryview min next object oct open ord pow print property quit range raw_input reduce reload
  repr reversed round set setattr slice sorted staticmethod str sum super tuple type unichr
  unicode vars xrange zip`.split(/\s+/),
)
