// What the interpreter finds out about values, in programs of a few lines: `leak` is given what
// comes from outside, `keep` is not, and both are sinks.
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../source-text.ts'
import { java } from '../java/frontend.ts'
import { toyEngine } from '../toy.fixture.ts'

const engine = toyEngine(
  java,
  `
types:
  java.util.ArrayList: [java.util.List]
  java.util.HashMap: [java.util.Map]
plain-types: [int, boolean]
functions:
  - { call: toy.In.read, source: { kind: request, label: input } }
  - { call: [toy.Out.leak, toy.Out.keep], flows: [], sinks: [{ rule: flow, argument: 0 }] }
  - { call: toy.In.clean, cleans: [flow] }
  - { call: toy.In.ok, flows: [], checks: [{ argument: 0, cleans: [flow] }] }
  - { call: java.lang.String.equals, does: text.equals }
  - { call: java.lang.String.charAt, does: text.char-at }
  - { call: java.lang.String.length, does: text.length }
  - { call: java.util.ArrayList, does: list.new }
  - { call: java.util.List.of, does: list.of, returns: java.util.List }
  - { of: java.util.List, call: add, does: list.add }
  - { of: java.util.List, call: get, does: list.get }
  - { of: java.util.List, call: remove, does: list.remove }
  - { of: java.util.List, call: contains, does: list.contains }
  - { call: java.util.HashMap, does: map.new }
  - { of: java.util.Map, call: put, does: map.put }
  - { of: java.util.Map, call: get, does: map.get }
  - { call: java.lang.StringBuilder, does: builder.new }
  - { of: java.lang.StringBuilder, call: append, does: builder.append }
  - { of: java.lang.StringBuilder, call: toString, does: builder.text }
`,
)
await engine.prepare('A.java')

const head = [
  'import java.util.*;',
  ...['read', 'clean', 'ok'].map((name) => `import static toy.In.${name};`),
  ...['leak', 'keep'].map((name) => `import static toy.Out.${name};`),
].join(' ')

/** Names of the sinks that were found, in the order of the text. */
function found(members: string): string[] {
  const text = `${head}class A {\n${members}\n}`
  const source = new SourceText('A.java', Buffer.from(text))
  const { weaknesses, incomplete } = engine.scan(source, { expired: () => false })
  expect(incomplete).toBeNull()
  return weaknesses.map(({ start }) => /(\w+)\([^(]*$/.exec(text.slice(0, start))?.[1] ?? '')
}

function expected(members: string): string[] {
  return [...members.matchAll(/\bleak\(/g)].map(() => 'leak')
}

const bodies = `
--- a value through locals
String a = read(); String b = a; leak(b); b = "x"; keep(b);
--- a sum of texts
leak("a" + read() + 1); keep("a" + 1 + true);
--- a number is no text
int n = read(); keep(n); keep("a" + n);
--- what is made harmless
keep(clean(read())); leak(clean("a") + read());
--- a library of which nothing is known
leak(Other.wrap(read())); keep(Other.wrap("x"));
--- a library that promises to escape
keep(Other.escapeIt(read()));
--- a branch that is never taken
String a = "x"; if (7 * 6 > 50) a = read(); keep(a);
--- a branch that may be taken
String a = "x"; if (Other.x()) a = read(); leak(a);
--- a conditional that is decided
String a = 1 > 0 ? "x" : read(); keep(a);
--- a branch that leaves
String a = read(); if (Other.x()) { a = "y"; } else return;
keep(a);
--- a comparison
String a = read(); if (a.equals("x")) keep(a); else leak(a);
--- a comparison that was turned round
String a = read(); if (!"x".equals(a)) return; keep(a);
--- a check that a model knows
String a = read(); if (ok(a)) keep(a); leak(a);
--- a check in company
String a = read(); if (a == null || !ok(a)) return; keep(a);
--- a list of what is allowed
String a = read(); if (!List.of("x", "y").contains(a)) throw new E();
keep(a);
--- a switch over constants
String a = read(), b; switch (a) { case "x": b = a; break;
default: b = "y"; } keep(b); leak(a);
--- a switch that falls through
String b = ""; switch (Other.x()) { case 1: b = read(); case 2: leak(b);
break; case 3: keep(b); }
--- a switch that is decided
String b = switch (2) { case 1 -> read(); default -> "x";
}; keep(b);
--- a switch that yields
String b = switch (Other.x()) { case 1 -> { yield read();
} default -> "x"; }; leak(b);
--- a character of a constant
String k = "AB"; String a = read(); switch (k.charAt(1)) {
case 'A': leak2(a); break; case 'B': a = "x"; } keep(a);
--- a loop that carries a value round
String a = "x", b = "y"; for (int i = 0; i < n(); i++) {
leak(b); b = a; a = read(); }
--- a loop that is left
String a = read(); while (true) { if (Other.x()) { a = "x";
break; } } keep(a);
--- a loop that may never run
String a = read(); for (String s : Other.all()) a = "x";
leak(a);
--- a loop that goes on
String a = "x"; for (String s : Other.all()) { if (Other.x()) {
a = read(); continue; } keep("y"); } leak(a);
--- a labelled loop
String a = "x"; out: for (;;) { for (;;) { a = read(); break out;
} } leak(a);
--- a loop of known length
String a = read(); for (int i = 0; i < 3; i++) if (i == 2) a = "x";
keep(a);
--- elements of a list
List<String> l = new ArrayList<>(); l.add("x"); l.add(read());
keep(l.get(0)); leak(l.get(1)); l.remove(1); l.add("y");
keep(l.get(1));
--- a list at an unknown place
List<String> l = new ArrayList<>(); l.add(read()); l.add("y");
leak(l.get(n()));
--- entries of a map
Map<String, String> m = new HashMap<>(); m.put("a", read());
m.put("b", "x"); keep(m.get("b")); leak(m.get("a"));
--- elements of an array
String[] a = { "x", read() }; keep(a[0]); leak(a[1]); a[1] = "y";
keep(a[1]);
--- a builder of texts
StringBuilder b = new StringBuilder("x"); keep(b.toString());
b.append(read()); leak(b.toString());
--- an exception on the way
String a = "x"; try { a = read(); Other.x(); a = "y"; } catch (E e) {
a = "z"; } keep(a);
--- what was thrown away
String a = "x"; try { a = read(); throw new E(); } catch (E e) {
leak(a); } finally { leak(a); }
--- a resource
try (Reader r = Other.open(read())) { leak(r.line()); }
--- a lambda that is called
Function<String, String> f = x -> x + "!"; leak(Other.apply(f, read()));
--- a lambda that sees a local
String a = read(); Runnable r = () -> leak(a); r.run();
--- a lambda that is handed over
String a = read(); Other.later(() -> { leak(a); });
--- an anonymous class
String a = read(); Other.later(new Task() { public void go() { leak(a); } });
--- a pattern
Object o = read(); if (o instanceof String s && s.length() > 1) leak(s);
--- a bean
Bean b = new Bean(); b.setName(read()); b.setKind("x"); leak(b.getName());
keep(b.getKind());
--- a counter
int i = 0; String[] a = { "x", read() }; keep(a[i++]); leak(a[i]);
--- a local class
class L { String v; L(String v) { this.v = v; } } leak(new L(read()).v);
keep(new L("x").v);
`

const classes = `
--- a helper
void m() { leak(id(read())); keep(id("x")); } static String id(String s) {
return s; }
--- a helper that is not used
void m() { keep(one(read())); } String one(String s) { return "x";
}
--- a sink in a helper
void m() { out("a" + read()); out("b"); } private void out(String s) {
leak(s); }
--- recursion
void m() { leak(r(read(), 3)); } String r(String s, int n) {
return n == 0 ? s : r(s, n - 1); }
--- overloads
void m() { keep(f(read())); leak(f(read(), 1)); } String f(String a) {
return "x"; } String f(String a, int b) { return a; }
--- more arguments than parameters
void m() { leak(v("x", read())); } String v(String... s) {
return s[1]; }
--- a constant of the class
static final int N = 3; void m() { String a = N > 2 ? "x" : read();
keep(a); }
--- a field that others set
static int n = 3; void s(int x) { n = x; } void m() { leak(n > 2 ? "x" : read());
}
--- a field of this
String f; void m() { f = read(); leak(f); f = "x"; this.f = f;
keep(f); }
--- an object of an inner class
void m() { I i = new I(read()); leak(i.get()); } class I {
String s; I(String s) { this.s = s; } String get() { return s;
} }
--- a record
record P(String a, String b) {} void m() { P p = new P("x", read());
keep(p.a()); leak(p.b()); }
--- an enumeration
enum E { ONE("x"); final String v; E(String v) { this.v = v;
} } void m() { keep(E.ONE.v); leak(read()); }
--- an interface with one implementation
interface T { String f(String s); } static class U implements T {
public String f(String s) { return "x"; } } void m(T t) {
keep(t.f(read())); }
--- an interface with two
interface T { String f(String s); } class U implements T {
public String f(String s) { return "x"; } } class V implements T {
public String f(String s) { return s; } } void m(T t) {
leak(t.f(read())); }
--- a method of a superclass
static class B { String f(String s) { return s; } } static class C extends B {
String g(String s) { return super.f(s); } } void m() { leak(new C().g(read()));
}
--- an initialiser
static { leak(read()); } { leak(read()); }
--- an answer that tells
boolean fine(String s) { return ok(s); } void m() { String a = read();
if (!fine(a)) return; keep(a); }
--- an answer that tells nothing
boolean fine(String s) { ok(s); return true; } void m() {
String a = read(); if (!fine(a)) return; leak(a); }
--- a check that throws
void need(String s) { if (!ok(s)) throw new E(); } void m() {
String a = read(); need(a); keep(a); }
--- an argument that was made harmless on its way
void see(String s) { } void m() { String a = read(); see(clean(a)); leak(a); }
--- a parameter that is changed
void need(String s) { s = "x"; } void m() { String a = read();
need(a); leak(a); }
--- what a helper fills
void fill(List<String> l) { l.add(read()); } void m() { List<String> l = new ArrayList<>();
fill(l); leak(l.get(0)); }
`

/** Each begins with a line that names it. */
function casesIn(text: string): [what: string, code: string][] {
  return text
    .split(/^--- /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end), part.slice(end + 1)]
    })
}

describe('within a method', () => {
  it.each(casesIn(bodies))('%s', (_, body) => {
    const members = `void m() throws Exception { ${body} }`
    expect(found(members)).toEqual(expected(members))
  })
})

describe('across methods', () => {
  it.each(casesIn(classes))('%s', (_, members) => {
    expect(found(members)).toEqual(expected(members))
  })
})

it.each([
  ['are those of libraries in an excerpt', '', 1],
  ['may be of its own package in a file that has one', 'package q; ', 0],
])('short names without imports %s', (_, before, count) => {
  const text = `${before}class A { void m() { Out.leak(In.read()); } }`
  const source = new SourceText('A.java', Buffer.from(text))
  const { weaknesses } = engine.scan(source, { expired: () => false })
  expect(weaknesses).toHaveLength(count)
})
