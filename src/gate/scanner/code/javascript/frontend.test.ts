// What each construct is lowered to, in the short form of `ir-text.fixture.ts`.
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { javascript } from './frontend.ts'
import { irText } from './ir-text.fixture.ts'

function lower(path: string, text: string): string {
  const source = new SourceText(`src/a/${path}`, new TextEncoder().encode(text))
  const { file, incomplete } = javascript.lower(source, { expired: () => false })
  expect(incomplete).toBeNull()
  return irText(file)
}

describe('names and imports', () => {
  it.each([
    [
      'a.js',
      "const { exec, spawn: run } = require('node:child_process'); exec(1); run(2)",
      ['$child_process.exec(1)', '$child_process.spawn(2)'],
    ],
    [
      'a.js',
      "import fs, { readFile as read } from 'fs'; import * as p from 'path'; fs.x; " +
        'read; p.join',
      ['$fs.x', '$fs.readFile', '$path.join'],
    ],
    [
      'a.js',
      "const x = require('./b'); const { y } = require('../c/d.js'); x.z(y)",
      ['$./src/a/b.z($./src/c/d.y)'],
    ],
    ['a.ts', "import m = require('m'); m.f()", ['$m.f()']],
    ['a.js', "const m = require('m').default; const n = await import('n'); m(n)", ['$m($n)']],
    ['a.js', "let cp = require('cp'); const { a } = cp; a()", ['$cp.a()']],
    [
      'a.js',
      "function f(require) { return require('x') }",
      ['fn f(require) {return require("x")}'],
    ],
    [
      'a.js',
      'const x = 1; { const x = 2; f(x) } f(x)',
      ['let x = 1', '{let x#2 = 2; $f(x#2)}', '$f(x)'],
    ],
    [
      'a.js',
      'window.eval(document.location, window.location, undefined)',
      ['$eval($location, $location, null)'],
    ],
    [
      'a.js',
      'location = a; window.location.href = b; top.location = c',
      ['$location.href := $a', '$location.href := $b', '$location.href := $c'],
    ],
    [
      'a.js',
      'f(); function f() { return g } var g = 1; if (a) { var h = 2 }',
      ['let h', 'fn f() {return g}', 'f()', 'let g = 1', 'if $a {h := 2} else {}'],
    ],
    [
      'a.js',
      'function f(a, b) { return arguments[1] + arguments.length }',
      ['fn f(a, b) {return (b + [a, b].length)}'],
    ],
    [
      'a.js',
      "const util = require('util'); util.promisify(f)(1); f.bind(this); " +
        'f.call(this, 1); f.apply(null, l); f.call(o, 1)',
      ['$f(1)', '$f', '$f(1)', '$f(...$l)', '$f.call($o, 1)'],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('values and operators', () => {
  it.each([
    [
      'a.js',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is lowered
      "'a' + b + 1; 1 + 2 + 'a'; b + c; a += 'x'; `a${b}`; `a`; String.raw`a${b}`; " +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is lowered
        'tag`a${b}`',
      [
        'T<"a"|$b|1>',
        'T<(1 + 2)|"a">',
        '($b + $c)',
        'a := T<$a|"x">',
        'T<"a"|$b>',
        '"a"',
        'T<"a"|$b>',
        '$tag(T<"a"|$b>)',
      ],
    ],
    [
      'a.js',
      "a?.b?.[c]?.(d); a['b']; a[0]; a ?? b; a === b; a !== b",
      ['$a.b[$c]($d)', '$a.b', '$a[0]', '($a ?? $b)', '($a == $b)', '($a != $b)'],
    ],
    [
      'a.js',
      'const { a, b: { c = 1 }, ...r } = o; const [x, , y = 2, ...z] = f()',
      [
        'let a = $o.a',
        'let c = ($o.b.c ?? 1)',
        'let r = {...: $o}',
        'let %1 = $f()',
        'let x = %1[0]',
        'let y = (%1[2] ?? 2)',
        'let z = %1.slice(3)',
      ],
    ],
    [
      'a.js',
      '[a, b] = [b, a]; ({ a, x: o.p } = q)',
      [
        'let %1',
        '(%1 := [$b, $a]; a := %1[0]; b := %1[1]; %1)',
        'let %2',
        '(%2 := $q; a := %2.a; $o.p := %2.x; %2)',
      ],
    ],
    [
      'a.js',
      'a ||= b; a **= 2; a++; delete a.b; void 0; typeof a; -a',
      [
        'a := ($a || $b)',
        'a := (a ** 2)',
        'a := (a + 1)',
        'delete a.b',
        'void 0',
        'typeof a',
        '- a',
      ],
    ],
    [
      'a.js',
      "f({ a, b() {}, get c() { return 1 }, set d(x) {}, ...e, [k]: 1, 'm-n': 2 }, " +
        '[1, , ...l])',
      [
        '$f({"a": $a, "b": fn b() {}, "c": fn c() {return 1}(), "set d": fn d(x) {}, ' +
          '...: $e, $k: 1, "m-n": 2}, [1, null, ...$l])',
      ],
    ],
    [
      'a.js',
      '/a+/g.test(x); 10n; (1, 2); a ? b : c; new X(...y)',
      ['new $RegExp("a+", "g").test($x)', '10', '(1; 2)', '($a ? $b ? $c)', 'new $X(...$y)'],
    ],
    [
      'a.js',
      "token = 'a' + Math.random(); const o = { salt: Math.random() }; " +
        "crypto.createHash('md5').update(password)",
      [
        'token := T<"a"|$Math.random($for="token")>',
        'let o = {"salt": $Math.random($for="o salt")}',
        '$crypto.createHash("md5", $for="password").update($password)',
      ],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('what models know by another name', () => {
  it.each([
    [
      'a.js',
      "if (typeof a !== 'string' || 'number' == typeof b) f()",
      ['if (! $typeof:string($a) || $typeof:number($b)) {$f()} else {}'],
    ],
    [
      'a.js',
      "if (a.indexOf(b) !== -1 && a.indexOf('..') < 0 && a.indexOf(b) === 0 && " +
        'a.indexOf(b) > -1) f()',
      [
        'if (((! ! $a.includes($b) && ! $a.includes:up("..")) && $a.startsWith($b)) ' +
          '&& $a.includes($b)) {$f()} else {}',
      ],
    ],
    [
      'a.js',
      "if (key === '__proto__' || a === b === c || a < b) f()",
      ['if (($is:prototype($key) || (($a == $b) == $c)) || ($a < $b)) {$f()} else {}'],
    ],
    [
      'a.js',
      'const re = /^[a-z]+$/; re.test(a); /^\\d$/.test(a); /a/.test(a); other.test(a)',
      [
        'let re = new $RegExp("^[a-z]+$", "")',
        '$a.matches:whole("^[a-z]+$")',
        '$a.matches:whole("^\\\\d$")',
        'new $RegExp("a", "").test($a)',
        '$other.test($a)',
      ],
    ],
    [
      'a.js',
      "a.replace(/[<>]/g, ''); a.replace(/[^a-z]/g, ''); a.replace(/[.*+?^(]/g, " +
        "'-'); a.replace(/</, ''); a.includes('/')",
      [
        '$a.replace:markup(new $RegExp("[<>]", "g"), "")',
        '$a.replace:pattern("[^a-z]", "")',
        '$a.replace:specials(new $RegExp("[.*+?^(]", "g"), "-")',
        '$a.replace(new $RegExp("<", ""), "")',
        '$a.includes:up("/")',
      ],
    ],
    [
      'a.js',
      'element.innerHTML = a; o[a][b] = c; o.a[b] = c; o[0][b] = c; ' +
        "addEventListener('message', f)",
      [
        '$element.set:innerHTML($a)',
        '($assign:nested($a); $o[$a][$b] := $c)',
        '$o.a[$b] := $c',
        '$o[0][$b] := $c',
        '$addEventListener:message("message", $f)',
      ],
    ],
    [
      'a.js',
      'Object.freeze([1]); Promise.all([a]); Promise.resolve(a); /(a+)+b/.test(c)',
      ['[1]', '[$a]', '$a', 'new $RegExp:slow("(a+)+b", "").test($c)'],
    ],
    [
      'a.ts',
      "import { inject } from '@angular/core'; import { A } from 'a'; const a = " + 'inject(A)',
      ['let a = <a.A>$@angular/core.inject'],
    ],
    [
      'a.js',
      "import config from './config'; const api = process.env.API; " +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is lowered
        "f(`${config.url}/a/${b}`, api + '/' + b, `${b}/x`, `${config.url}${b}`, " +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is lowered
        '`${location.origin}/${b}`)',
      [
        'let api = $process.env.API',
        '$f(T<"\\u0000"|$./src/a/config.default.url|"/a/"|$b>, T<"\\u0000"|api|"/"|$b>, ' +
          'T<$b|"/x">, T<$./src/a/config.default.url|$b>, ' +
          'T<"\\u0000"|$location.origin|"/"|$b>)',
      ],
    ],
    [
      'a.js',
      "onload(); addEventListener('message', e => { if (e.origin === o) f(e.data) " +
        "}); addEventListener('message', e => f(e.data))",
      [
        '$onload()',
        '$addEventListener:message-of-known("message", fn (e) {if (e.origin == $o) ' +
          '{$f(e.data)} else {}})',
        '$addEventListener:message("message", fn (e) {return $f(e.data)})',
      ],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('functions and what is exported', () => {
  it.each([
    ['a.js', '(a, { b }, c = 1, ...d) => a', ['fn (a, %1, c=1, ...d) {let b = %1.b; return a}']],
    [
      'a.js',
      'async function* f() { yield await a; for await (const x of y) {} }',
      ['fn f() {yield $a; loop (before let x; x of elements $y) {}}'],
    ],
    [
      'a.js',
      'export const f = () => 1; export default function () {} export { g as h }; ' +
        'function g() {}',
      [
        'fn! g() {}',
        'let f = fn! f() {return 1}',
        '$module.exports.f := f',
        '$module.exports.default := fn! default() {}',
        '$module.exports.h := g',
      ],
    ],
    [
      'a.js',
      'module.exports = { a, b() {} }; exports.c = () => 1; function a() {}',
      [
        'fn! a() {}',
        '$module.exports := {"a": a, "b": fn! b() {}}',
        '$module.exports.c := fn! c() {return 1}',
      ],
    ],
    [
      'a.js',
      'function D(db) { this.find = () => db } D.prototype.x = function () {}; ' +
        'module.exports = D',
      [
        'fn! D(db) {self.find := fn! find() {return db}}',
        'D.prototype.x := fn! x() {}',
        '$module.exports := D',
      ],
    ],
    [
      'a.js',
      'export default (req, res) => {}; app.use((err, req, res, next) => {}); ' +
        'r.get(async ctx => {})',
      [
        '$module.exports.default := fn! (req:express.Request, res:express.Response) {}',
        '$app.use(fn (err, req:express.Request, res:express.Response, next) {})',
        '$r.get(fn (ctx:koa.Context) {})',
      ],
    ],
    [
      'a.js',
      'exports.handler = async (event) => {}; export const GET = (r, { params }) => ' +
        '{}; const q = { u: (_, args, { db }) => 1 }',
      [
        '$module.exports.handler := fn! handler(event:aws-lambda.Event) {}',
        'let GET = fn! GET(r:Request, %1) {let params = %1.params}',
        '$module.exports.GET := GET',
        'let q = {"u": fn u(_, args:graphql.Arguments, %2) {let db = %2.db; return 1}}',
      ],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('classes and types', () => {
  it.each([
    [
      'a.ts',
      "class A extends B.C implements D { x = 1; static y = 2; readonly z = 'c'; #p " +
        '= 3; m() { return this.#p } static s() {} get g() { return 1 } set g(v) {} ' +
        'static { f() } }',
      [
        'class A extends B.C, D {x = 1; static y = 2; const z = "c"; private p = 3; ' +
          'fn m() {return self.private p}; static fn s() {}; fn get g() {return 1}; fn ' +
          'set g(v) {}}',
        'A.y := 2',
        '{$f()}',
      ],
    ],
    [
      'a.ts',
      "import { Controller, Get, Param } from '@nestjs/common'; @Controller('x') " +
        'export class A { constructor(private readonly s: Svc, n: number) {} @Get() ' +
        "g(@Param('id') id: number, q: string) {} private h() {} }",
      [
        '@@nestjs/common.Controller class! A {s:Svc; fn! constructor(s:Svc, n:Number) ' +
          '{self.s := s}; @@nestjs/common.Get fn! g(@@nestjs/common.Param id, q:String) ' +
          '{}; fn h() {}}',
        '$module.exports.A := A',
      ],
    ],
    [
      'a.js',
      'class A extends B { constructor() { super(1); super.m() } } const C = class ' +
        '{ }; new C()',
      [
        'class A extends B {fn constructor() {self.super(1); self.m()}}',
        'class %1 {}',
        'let C = %1',
        'new C()',
      ],
    ],
    [
      'a.ts',
      'abstract class A { abstract m(): void; declare x: string } enum E { A, B = ' +
        "'b', C } namespace N { export const x = 1; export function f() {} }",
      [
        'class A {x:String}',
        'let E = {"A": 0, "B": "b", "C": null}',
        'let N = {}',
        '{fn f() {}; let x = 1; N.x := x; N.f := f}',
      ],
    ],
    [
      'a.ts',
      "import { Request } from 'express'; (x as Request).y; (x as any).y; x!; <T>x; " +
        'f<Request>(x); let a: Promise<Request | null>; function g(r: Request, s: ' +
        'Own) {}',
      [
        'fn g(r:express.Request, s:Own) {}',
        '<express.Request>$x.y',
        '$x.y',
        '$x',
        '<T>$x',
        '$f($x)',
        'let a:express.Request',
      ],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('statements', () => {
  it.each([
    [
      'a.js',
      'for (let i = 0, n = 2; i < n; i++) { if (i) continue; else break }',
      [
        'loop (before let i = 0; before let n = 2; (i < n); after i := (i + 1)) {if i ' +
          '{continue} else {break}}',
      ],
    ],
    [
      'a.js',
      'for (const [k, v] of o) f(k); for (x.y in o) ; for (var k in o) ; do f(); ' +
        'while (a); while (b) c()',
      [
        'let k',
        'loop (before let %1; %1 of elements $o) {let k#2 = %1[0]; let v = %1[1]; ' + '$f(k#2)}',
        'loop ($x.y of keys $o) {}',
        'loop (k of keys $o) {}',
        'loop ($a; at least once) {$f()}',
        'loop ($b) {$c()}',
      ],
    ],
    ['a.js', 'out: for (;;) { break out }', ['out: {loop () {break out}}']],
    [
      'a.js',
      'switch (a) { case 1: case 2: f(); break; default: g(); case 3: h() }',
      ['switch $a {case 1, 2 {$f(); break} case  {$g()} case 3 {$h()}}'],
    ],
    [
      'a.js',
      'try { f() } catch ({ message }) { g(message) } finally { h() }',
      ['try {$f()} catch %1 {let message = %1.message; $g(message)} finally {$h()}'],
    ],
    ['a.js', 'throw new Error(a)', ['throw new $Error($a)']],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('JSX', () => {
  it.each([
    [
      'a.jsx',
      "<div a='b' c {...p} dangerouslySetInnerHTML={{ __html: x }}>hi {y} " + '<A.B/></div>',
      [
        '$react.createElement("div", {"a": "b", "c": true, ...: $p, ' +
          '"dangerouslySetInnerHTML": {"__html": $x}}, "hi ", $y, ' +
          '$react.createElement($A.B, {}))',
      ],
    ],
    [
      'a.tsx',
      'const f = <T,>(x: T) => <><a/></>',
      [
        'let f = fn f(x:T) {return $react.createElement($react.Fragment, {}, ' +
          '$react.createElement("a", {}))}',
      ],
    ],
  ])('%s: %s', (path, text, lines) => {
    expect(lower(path, text).split('\n')).toEqual(lines)
  })
})

describe('other texts', () => {
  it('reads the scripts of a component at their own places', () => {
    const text = '<template>{{ x }}</template>\n<script>\nf(1)\n</script>\n'
    const source = new SourceText('a.vue', new TextEncoder().encode(text))
    const { file } = javascript.lower(source, { expired: () => false })
    expect(file.main.body.map(({ at, end }) => text.slice(at, end))).toEqual(['f(1)'])
  })

  it.each([
    ['declarations alone', 'a.d.ts', 'export declare function f(): void', ''],
    ['what no module may hold', 'a.js', 'with (a) b()', '$a\n$b()'],
    ['a return outside of functions', 'a.js', 'return 1', 'return 1'],
    ['types in plain JavaScript', 'a.js', 'type X = 1; const a: X = 1', 'let a:X = 1'],
  ])('reads %s', (_, path, text, expected) => {
    expect(lower(path, text)).toBe(expected)
  })

  it.each([
    ['const = = b', 'it could not be parsed (line 1)'],
    [`${'[\n'.repeat(50_000)}`, 'it nests too deep'],
  ])('says so when nothing is left of %.10s', (text, why) => {
    const source = new SourceText('a.ts', new TextEncoder().encode(text))
    const { file, incomplete } = javascript.lower(source, { expired: () => false })
    expect(file.main.body).toEqual([])
    expect(incomplete).toContain(why)
  })

  it('cuts what nests deeper than people write', () => {
    const text = `f(${'['.repeat(700)}${']'.repeat(700)})`
    const source = new SourceText('a.js', new TextEncoder().encode(text))
    const { file, incomplete } = javascript.lower(source, { expired: () => false })
    expect(incomplete).toContain('nests too deep')
    expect(file.unknowns).toBe(1)
  })

  it('stops when the time is up', () => {
    const source = new SourceText('a.js', new TextEncoder().encode('f()'))
    expect(javascript.lower(source, { expired: () => true }).incomplete).toContain('time')
  })
})
