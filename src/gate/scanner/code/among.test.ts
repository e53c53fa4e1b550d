// Calls that lead out of the file at hand: into other files of the program, and to its data.
import { describe, expect, it } from 'vitest'
import type { Around } from '../engine.ts'
import { SourceText } from '../source-text.ts'
import { java } from './java/frontend.ts'
import { Program } from './program/program.ts'
import { toyEngine } from './toy.fixture.ts'

const engine = toyEngine(
  java,
  `
plain-types: [int]
functions:
  - { call: toy.In.read, source: { kind: request, label: input } }
  - { call: toy.Out.leak, flows: [], sinks: [{ rule: flow, argument: 0 }] }
  - { call: toy.Hash.of, misuses: [{ rule: misuse, when: [{ argument: 0, is: md5 }] }] }
  - { call: java.lang.Object.getClass, flows: [], returns: java.lang.Class }
  - { call: java.lang.Class.getResourceAsStream, does: resource.open }
  - { call: java.util.Properties, does: map.new }
  - { call: java.util.Properties.load, does: map.fill }
  - { call: java.util.Properties.getProperty, does: map.get-or }
`,
)
await engine.prepare('A.java')

const file = (path: string, text: string) => new SourceText(path, Buffer.from(text))

function around(files: readonly SourceText[]): Around {
  const outlined = files.flatMap((source) => {
    const outline = engine.outline?.(source) ?? null
    return outline === null ? [] : [{ path: source.path, outline }]
  })
  const open = (path: string) => files.find((source) => source.path === path) ?? null
  const reach = new Set(outlined.map(({ path }) => path))
  return { program: new Program(outlined), reach, cut: new Set(), open }
}

/** `path:line` of what is found in the first file and where it leads, and the ways there. */
function scan(files: readonly SourceText[], properties?: string) {
  const [first] = files
  if (first === undefined) throw new Error('a file is needed')
  const data = properties === undefined ? [] : [file('conf/app.properties', properties)]
  const budget = { expired: () => false }
  const { weaknesses, incomplete } = engine.scan(first, budget, around([...files, ...data]))
  expect(incomplete).toBeNull()
  const place = (source: SourceText, at: number) => `${source.path}:${source.positionAt(at).line}`
  return weaknesses.map(({ source, start, steps }) => ({
    at: place(source, start),
    way: steps.map((step) => place(step.source, step.start)),
  }))
}

const caller = file(
  'p/A.java',
  `package p;
import toy.*;
class A {
  void m() {
    new B("x").put(In.read());
    Out.leak(B.constant(In.read()));
    Out.leak(B.same(In.read()));
    Out.leak(B.MODE);
  }
}`,
)

describe('another file of the program', () => {
  const helper = file(
    'p/B.java',
    `package p;
class B {
  static final String MODE = "a";
  private final String prefix;
  B(String prefix) { this.prefix = prefix; }
  void put(String text) {
    toy.Out.leak(prefix + text);
  }
  static String constant(String text) { return "b"; }
  static String same(String text) { return text; }
}`,
  )

  it('is followed, and what happens there is told there', () => {
    expect(scan([caller, helper])).toEqual([
      { at: 'p/A.java:7', way: ['p/A.java:7', 'p/B.java:10', 'p/A.java:7'] },
      { at: 'p/B.java:7', way: ['p/A.java:5', 'p/B.java:6', 'p/B.java:7'] },
    ])
  })

  it('is supposed to pass on what it is given where it is not at hand', () => {
    expect(scan([caller]).map(({ at }) => at)).toEqual(['p/A.java:6', 'p/A.java:7'])
  })

  it('gives what its declaration says', () => {
    const caller = file('A.java', 'class A { void m() { toy.Out.leak(B.size(toy.In.read())); } }')
    const sized = file('B.java', 'class B { static int size(String t) { return unknown(t); } }')
    const named = file('B.java', 'class B { static String size(String t) { return unknown(t); } }')
    expect(scan([caller, sized])).toEqual([])
    expect(scan([caller, named])).toHaveLength(1)
  })

  it('may extend, be extended, and lead back', () => {
    const base = file('p/Base.java', 'package p; class Base { String all() { return own(); } }')
    const derived = file(
      'p/C.java',
      `package p;
class C extends Base {
  String own() { return toy.In.read(); }
  void m() { toy.Out.leak(all()); }
}`,
    )
    expect(scan([derived, base]).map(({ at }) => at)).toEqual(['p/C.java:4'])
  })
})

describe('a file of properties', () => {
  const reader = file(
    'A.java',
    `import java.util.Properties;
class A {
  void m() throws Exception {
    Properties all = new Properties();
    all.load(this.getClass().getResourceAsStream("app.properties"));
    toy.Hash.of(all.getProperty("hash", "sha256"));
    toy.Hash.of(all.getProperty("other", "md5"));
  }
}`,
  )

  it.each([
    ['says what is used', '# comment\nhash = md5\n', ['A.java:6', 'A.java:7']],
    ['may say nothing', 'x=1', ['A.java:7']],
    ['overrides what the code says', 'hash=sha512\nother: sha512', []],
  ])('%s', (_, properties, found) => {
    expect(scan([reader], properties).map(({ at }) => at)).toEqual(found)
  })
})
