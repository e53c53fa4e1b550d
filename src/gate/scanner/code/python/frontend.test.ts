// What each construct is lowered to, in the short form of `ir-text.fixture.ts`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { irText } from '../javascript/ir-text.fixture.ts'
import { pythonFrontend } from './frontend.ts'

const grammars = join(import.meta.dirname, '../../../../../vendor/grammars')

beforeAll(async () => {
  await pythonFrontend.prepare(async (name) => readFileSync(join(grammars, `${name}.wasm`)))
})

function lower(text: string, path = 'app/web/views.py'): string[] {
  const source = new SourceText(path, new TextEncoder().encode(text))
  const { file, incomplete } = pythonFrontend.lower(source, { expired: () => false })
  expect(incomplete).toBeNull()
  return irText(file).split('\n')
}

type Row = [python: string, ...lowered: string[]]
const check = (python: string, ...lowered: string[]) => expect(lower(python)).toEqual(lowered)

describe('imports and names', () => {
  it.each<Row>([
    ['import os.path, a.b as c\nos.path.join(c.d)', '$os.path.join($a.b.d)'],
    ['from a import b as c, d\nc(d)', '$a.b($a.d)'],
    ['from . import x\nfrom ..core.db import y\nx(y)', '$app.web.x($app.core.db.y)'],
    ['from a import *\nb(len)', '$a.b($len)'],
    [
      'try:\n  import a as x\nexcept E:\n  x = None\nx()',
      'try {} catch null {} finally {}',
      '$a()',
    ],
    ['import x\nx = x.y\nx()', 'x := $x', 'x := x.y', 'x()'],
    ['x = 1\ndef f():\n  x = 2\n  return x', 'x := 1', 'fn! f() {x#2 := 2; return x#2}'],
    ['x = 1\ndef f():\n  global x\n  x = 2', 'x := 1', 'fn! f() {x := 2}'],
    ['def f():\n  import os\n  os.a()', 'fn! f() {$os.a()}'],
  ])('%j', check)
})

describe('expressions', () => {
  it.each<Row>([
    ['f(a, *b, c=d, **e)', '$f($a, ...$b, c=$d, ...$e)'],
    ['f(**{"a": 1})', '$f(a=1)'],
    ['x = f"a{b!r:>{c}}{{{d:.2f}"', 'x := T<"a"|$b|$c|"{"|$float($d)>'],
    ["x = 'a' \"b\" r'\\n' '\\x41\\n' b'c'", 'x := "ab\\\\nA\\nc"'],
    ['x = "a%sb%%%d" % (c, d)', 'x := T<"a"|$c|"b%"|$float($d)>'],
    ['x = "%(a)s" % {"a": b}', 'x := T<$b>'],
    ['x = "{} {1} {c.d:x}".format(a, b, c=e)', 'x := T<$a|" "|$b|" "|$float($e.d)>'],
    ['x = 0x_FF + 0o17 + 1_0 + 017', 'x := (((255 + 15) + 10) + 15)'],
    ['x = a[1:2, None][-1][::2]', 'x := $a[[?(1, 2), null]][-1].__getitem__(null, null, 2)'],
    ['x = a if b else c', 'x := ($b ? $a ? $c)'],
    ['x = not a and b or c', 'x := ((! $a && $b) || $c)'],
    ['x = a < b <= 3 != c', 'x := ((($a < $b) && ($b <= 3)) && (3 != $c))'],
    ['x = a is not b\ny = a not in b', 'x := ($a != $b)', 'y := ! ($a in $b)'],
    ['x = {**a, "b": {1, *c}}', 'x := {...: $a, "b": [1, ...$c]}'],
    ['x = dict(a=1, **b)', 'x := {"a": 1, ...: $b}'],
    ['x = getattr(a, "b", None)', 'x := ($a.b ?? null)'],
    ['x = __import__("os").system', 'x := $os.system'],
    ['f(lambda a, b=1: a)', '$f(fn (a, b=1) {return a})'],
    ['if (n := f()) > 1: g(n)', 'if (n := $f() > 1) {$g(n)} else {}'],
    ['x = a.get("b", type=int)', 'x := $int($a.get("b", type=$int))'],
    ['token = random.choice(a)', 'token := $random.choice($a, $for="token")'],
    ['x = await f()', 'x := await $f()'],
  ])('%j', check)
})

describe('assignments', () => {
  it.each<Row>([
    ['a = b = f()', 'value#t1 := $f()', 'b := value#t1', 'a := value#t1'],
    [
      'a, *b, c = f()',
      'unpacked#t1 := $f()',
      'a := unpacked#t1[0]',
      'b := unpacked#t1.__getitem__(1)',
      'c := unpacked#t1[-1]',
    ],
    ['a, b = b, 1', 'element#t1 := b', 'a := element#t1', 'b := 1'],
    ['a.b[c] += 1', '$a.b[$c] := ($a.b[$c] + 1)', '$a.b.__setitem__($c, ($a.b[$c] + 1))'],
    ['a: int = f()\nb: str', 'let a:int = $f()'],
    ['a[1:] = b', '$a.extend($b)'],
    ['del a[b], c', '$a.pop($b)'],
  ])('%j', check)
})

describe('comprehensions', () => {
  it.each<Row>([
    [
      'x = [a for a in b if a]',
      'list#t1 := []',
      'loop (element#t2 of elements $b) {a := element#t2; if a {list#t1.append(a)} else {}}',
      'x := list#t1',
    ],
    [
      'x = {k: v for k, v in b}',
      'map#t1 := {}',
      'loop (element#t2 of elements $b) {k := element#t2[0]; v := element#t2[1]; map#t1[k] := v}',
      'x := map#t1',
    ],
  ])('%j', check)
})

describe('statements', () => {
  it.each<Row>([
    ['if a:\n  b()\nelif c:\n  d()\nelse:\n  e()', 'if $a {$b()} else {if $c {$d()} else {$e()}}'],
    [
      'for a in b:\n  break\nelse:\n  c()',
      'else1: {loop (element#t1 of elements $b) {a := element#t1; break else1}; $c()}',
    ],
    ['while a:\n  continue', 'loop ($a) {continue}'],
    [
      'try:\n  a()\nexcept (B, c.D) as e:\n  f(e)\nelse:\n  g()\nfinally:\n  h()',
      'try {$a(); $g()} catch e {$f(e)} finally {$h()}',
    ],
    ['with a() as b, c: d(b)', 'b := $a()', '$c', '$d(b)'],
    ['assert a, b', 'if $a {} else {throw}'],
    ['raise A(b) from c', 'throw $A($b)'],
    ['print >>a, b, c\nexec d in e', '$print($b, $c, file=$a)', '$exec($d)'],
    [
      'match a:\n  case "b" | c.D: e()\n  case _: f()',
      'switch $a {case "b", $c.D {$e()} case  {$f()}}',
    ],
    [
      'match a:\n  case ["b", x] if x: f(x)',
      'if (((?() && ($a[0] == "b")) && (x := $a[1]; true)) && x) {$f(x)} else {}',
    ],
    [
      'match a:\n  case B(c=d) | {"e": d}: f(d)',
      'if ((?() && (d := $a.c; true)) || (?() && (d := $a["e"]; true))) {$f(d)} else {}',
    ],
  ])('%j', (python, ...lowered) => {
    expect(lower(python).map((line) => line.replace(/ finally \{\}$/, ''))).toEqual(lowered)
  })
})

describe('functions and classes', () => {
  it.each<Row>([
    [
      'def f(a, b: int = 1, *c, d: "str", **e): return a, b',
      'fn! f(a, b:int=1, ...c, d:str, ...e) {return [a, b]}',
    ],
    [
      'def f():\n  yield a\n  yield from b',
      'fn! f() {yielded#t1 := []; yielded#t1.append($a); yielded#t1.extend($b); return yielded#t1}',
    ],
    [
      'from contextlib import contextmanager\n@contextmanager\ndef f():\n  yield a',
      '$contextlib.contextmanager()',
      'fn! f() {yielded#t1 := null; yielded#t1 := $a; return yielded#t1}',
    ],
    [
      'class A(b.C):\n  d = 1\n  def e(self, f): self.d = super().e(f)\n' +
        '  @staticmethod\n  def g(h): pass\n  @classmethod\n  def i(cls): return cls(1)',
      'class! A extends b.C {static d = 1; fn! e(f) {self.d := self.e(f)}; ' +
        '@staticmethod static fn! g(h) {}; @classmethod fn! i() {return new A(1)}}',
    ],
    [
      'class A:\n  b = 1\n  c = b\n  class D: pass\n  if e:\n    def f(self): pass',
      'class! A {static const b = 1; static const c = A.b; fn! f() {}}',
      'class! A.D {}',
    ],
    [
      'from dataclasses import dataclass\n@dataclass\nclass A:\n  b: int\n  c: str = "d"',
      '$dataclasses.dataclass()',
      '@dataclasses.dataclass class! A {static const b:int; static const c:str = "d"; ' +
        'fn __init__(b:int, c:str="d") {self.b := b; self.c := c}}',
    ],
    ['def _f((a, b)): pass', 'fn _f(taken#t1) {a := taken#t1[0]; b := taken#t1[1]}'],
  ])('%j', check)
})

describe('what frameworks tell', () => {
  it.each<Row>([
    [
      'from flask import Flask\napp = Flask(__name__)\n' +
        '@app.route("/<int:a>/<b>")\ndef f(a, b): pass',
      'app := new $flask.Flask($__name__)',
      'app.route("/<int:a>/<b>")',
      'fn! f(a:int, b) {b := $guard.folder(b)}',
    ],
    [
      'from fastapi import Depends, Query\nfrom typing import Annotated\n' +
        'def f(a: Annotated[str, Query()], b: int | None = None, c: list[int] = Query(), ' +
        'd: Session = Depends(g)): pass',
      'fn! f(@fastapi.Query a:str, b:int=null, @fastapi.Query c:int=new $fastapi.Query()) ' +
        '{let d:Session = $g()}',
    ],
    ['import django\ndef f(request): pass', 'fn! f(request:django.http.HttpRequest) {}'],
    ['def handler(event, context): pass', 'fn! handler(event:aws_lambda.Event, context) {}'],
  ])('%j', check)

  it('names decorators in full where the file tells what they are of', () => {
    const text = 'from a import B\nx = B()\n@x.c("d")\ndef f(): pass\n@y.z\ndef g(): pass\n'
    const source = new SourceText('a.py', new TextEncoder().encode(text))
    const { file } = pythonFrontend.lower(source, { expired: () => false })
    const names = file.main.body.flatMap((one) =>
      one.op === 'declare-function' ? one.function.annotations.map(({ name }) => name) : [],
    )
    expect(names).toEqual(['a.B.c', 'y.z', '*.z'])
  })

  it('takes the settings of Django for properties', () => {
    const text = 'INSTALLED_APPS = []\nDEBUG = True\n'
    expect(lower(text, 'site/settings.py').at(-1)).toBe('$django.settings.DEBUG := DEBUG')
    expect(lower(text, 'site/settings/local.py').at(-1)).toBe('DEBUG := true')
  })
})
