// Parsers of tree-sitter grammars. Their bytes are handed in, because the heart reads no files;
// each grammar is compiled once per process, and each text is parsed within a time limit.
import { Language, Parser, type Tree } from 'web-tree-sitter'

export const grammarNames = ['java', 'python'] as const
export type GrammarName = (typeof grammarNames)[number]

/** The WebAssembly of a grammar: `vendor/grammars/<name>.wasm`. */
export type LoadGrammar = (name: GrammarName) => Promise<Uint8Array>

export interface GrammarParser {
  /**
   * What `read` makes of the tree, which is freed when it returns; null when the time was up.
   * Places in the tree are UTF-16 units of `text`. A text of any size and form gives a tree: what
   * could not be parsed are error nodes in it. Throws what `read` throws.
   */
  parse<Result>(text: string, expired: () => boolean, read: (tree: Tree) => Result): Result | null
}

/** The same parser for the same name and loader. Rejects when the bytes are no such grammar. */
export function parserFor(name: GrammarName, load: LoadGrammar): Promise<GrammarParser> {
  const loaded = parsers.get(load) ?? new Map<GrammarName, Promise<GrammarParser>>()
  parsers.set(load, loaded)
  const known = loaded.get(name)
  if (known !== undefined) return known
  const parser = createParser(name, load)
  loaded.set(name, parser)
  // What failed once may succeed the next time.
  parser.catch(() => loaded.delete(name))
  return parser
}

const parsers = new WeakMap<LoadGrammar, Map<GrammarName, Promise<GrammarParser>>>()

let started: Promise<void> | null = null

async function createParser(name: GrammarName, load: LoadGrammar): Promise<GrammarParser> {
  started ??= Parser.init()
  const [bytes] = await Promise.all([load(name), started])
  const language = await Language.load(bytes)
  let parser = new Parser().setLanguage(language)
  return {
    parse(text, expired, read) {
      const tree = parseWith(parser, text, expired, () => {
        parser = new Parser().setLanguage(language)
      })
      if (tree === null) return null
      try {
        return read(tree)
      } finally {
        tree.delete()
      }
    },
  }
}

/** After a fault inside WebAssembly nothing is known of the parser's state: it is replaced. */
function parseWith(
  parser: Parser,
  text: string,
  expired: () => boolean,
  replace: () => void,
): Tree | null {
  let tree: Tree | null = null
  try {
    tree = parser.parse(text, null, { progressCallback: () => expired() })
  } catch (error) {
    replace()
    throw error
  }
  // Otherwise the next text would be taken for the rest of this one.
  if (tree === null) parser.reset()
  return tree
}
