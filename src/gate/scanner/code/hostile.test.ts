// Code that was written to break the engine, or by programs that nobody reads: it never throws,
// it ends, and it says what it has left out.
import { describe, expect, it } from 'vitest'
import { SourceText } from '../source-text.ts'
import { java } from './java/frontend.ts'
import { toyEngine } from './toy.fixture.ts'

const engine = toyEngine(
  java,
  `
functions:
  - { call: toy.In.read, source: { kind: request, label: input } }
  - { call: toy.Out.leak, sinks: [{ rule: flow, argument: 0 }] }
`,
)
await engine.prepare('A.java')

function scan(text: string, expired = () => false) {
  return engine.scan(new SourceText('A.java', Buffer.from(text)), { expired })
}

const inMethod = (body: string) => `class A { void m() { String a = toy.In.read(); ${body} } }`
const many = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join('\n')
/** In lines, as what looks minified is not analysed at all. */
const again = (text: string, count: number) => many(count, () => text)

describe('what nests without end', () => {
  const deep = 20_000
  it.each([
    ['parentheses', inMethod(`toy.Out.leak(${again('(', deep)}a${again(')', deep)});`)],
    ['blocks', inMethod(`${again('{', deep)}${again('}', deep)}`)],
    ['classes', `${again('class A {', 2000)}${again('}', 2000)}`],
    ['lambdas', inMethod(`Object o = ${again('x -> ', deep)}a;`)],
    ['calls', inMethod(`${again('f(', deep)}a${again(')', deep)};`)],
    ['members', inMethod(`a${again('.b()', deep)};`)],
    ['conditions', inMethod(`${again('if (x) ', deep)} ;`)],
    ['alternatives', inMethod(`${again('if (x) {} else ', deep)} ;`)],
    ['arrays', inMethod(`Object o = ${again('{', deep)}${again('}', deep)};`)],
    ['generics', `class A { ${again('List<', deep)}B${again('>', deep)} f; }`],
    ['negations', inMethod(`boolean b = ${again('!', deep)}x;`)],
    ['unclosed', `class A { void m() { ${again('foo(bar[', deep)}`],
  ])('%s', (_, text) => {
    const { incomplete } = scan(text)
    expect(incomplete === null || /nest|time|parse/.test(incomplete)).toBe(true)
  })
})

describe('what is long', () => {
  it('a sum of many parts is followed to its end', () => {
    const { weaknesses, incomplete } = scan(
      inMethod(`toy.Out.leak(a ${many(20_000, (index) => `+ "${index}"`)});`),
    )
    expect(incomplete).toBeNull()
    expect(weaknesses).toHaveLength(1)
  })

  it('a large table and many functions', () => {
    const table = `int[] t = {${many(100_000, (index) => `${index},`)}};`
    const functions = many(3000, (index) => `int f${index}(int x) { return f${index + 1}(x); }`)
    expect(scan(`class A { ${table} ${functions} }`).incomplete).toBeNull()
  })

  it('loops in loops end', () => {
    const depth = 12
    const loops = many(depth, (index) => `for (int i${index} = 0; i${index} < 9; i${index}++) {`)
    scan(inMethod(`${loops} a += "x"; ${'}'.repeat(depth)} toy.Out.leak(a);`))
  })

  it('functions that call each other in all ways end', () => {
    const calls = many(12, (index) => `f${index}(s);`)
    const functions = many(12, (index) => `void f${index}(String s) { ${calls} }`)
    const { incomplete } = scan(`class A { ${functions} void m() { f0(toy.In.read()); } }`)
    expect(incomplete === null || /steps/.test(incomplete)).toBe(true)
  })

  it('branches do not double the work', () => {
    const branches = many(2000, (index) => `if (x(${index})) a += "${index}"; else b = a;`)
    const { weaknesses, incomplete } = scan(inMethod(`String b; ${branches} toy.Out.leak(a);`))
    expect(incomplete).toBeNull()
    expect(weaknesses).toHaveLength(1)
  })
})

it('stops when the time is up, and says so', () => {
  let asked = 0
  const body = many(5000, (index) => `int x${index} = f(${index});`)
  const { incomplete } = scan(inMethod(body), () => ++asked > 3)
  expect(incomplete).toMatch(/time/)
})

describe('any text', () => {
  const seed = `
package p; import java.util.*;
public class A<T> extends B implements C { @D("x") static final int N = 1; enum E { X, Y { } }
  record R(int a) { R { } } A(String s) { super(s); } <U> void m(String... s) throws E {
    for (String t : s) { if (t instanceof String u && u.isEmpty()) continue; else break; }
    switch (N) { case 1, 2 -> { } default -> toy.Out.leak(toy.In.read()); }
    try (var r = open()) { r.x[0]++; } catch (E | F e) { throw e; } finally { }
    Runnable q = () -> new Object() { int z = (int) 1.5e3f; };
    int y = switch (s[0]) { case "a": yield 1; default: yield 2; };
    String text = """
      a \\"b
      """; char c = '\\u0041'; long l = 0xFFL << 2 >>> 1;
    label: do { l--; } while (l > 0); assert l == 0 : "x";
  } }`

  it('that is almost Java', () => {
    // Made by a generator of its own, so that a failure can be repeated.
    let state = 42
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % below
    }
    const signs = '(){}[]<>;:,.="\'\\@-+*/ \n\u0000\ud800é'
    for (let round = 0; round < 300; round++) {
      let text = seed
      for (let change = random(6); change >= 0; change--) {
        const at = random(text.length)
        const end = Math.min(text.length, at + random(40))
        const kind = random(3)
        if (kind === 0) text = text.slice(0, at) + text.slice(end)
        else if (kind === 1) text = text.slice(0, end) + text.slice(at)
        else text = text.slice(0, at) + (signs[random(signs.length)] ?? '') + text.slice(at)
      }
      const { weaknesses, incomplete } = scan(text)
      expect(incomplete).toBeNull()
      for (const { start, end } of weaknesses) expect(start).toBeLessThanOrEqual(end)
    }
  })
})
