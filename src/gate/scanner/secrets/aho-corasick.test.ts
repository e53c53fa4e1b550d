import { describe, expect, it } from 'vitest'
import { buildAutomaton, searchBytes } from './aho-corasick.ts'

interface Hit {
  keyword: number
  end: number
}

function search(keywords: string[], text: string): Hit[] {
  const hits: Hit[] = []
  searchBytes(buildAutomaton(keywords), Buffer.from(text, 'latin1'), (keyword, end) => {
    hits.push({ keyword, end })
  })
  return hits
}

function searchNaively(keywords: string[], text: string): Hit[] {
  const hits: Hit[] = []
  const folded = text.toLowerCase()
  for (let end = 1; end <= folded.length; end++) {
    keywords.forEach((keyword, id) => {
      if (folded.slice(0, end).endsWith(keyword.toLowerCase())) hits.push({ keyword: id, end })
    })
  }
  return hits
}

const byPlace = (a: Hit, b: Hit) => a.end - b.end || a.keyword - b.keyword

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

describe('the automaton', () => {
  it('finds overlapping keywords and suffixes of keywords', () => {
    expect(search(['he', 'she', 'his', 'hers'], 'ushers')).toEqual([
      { keyword: 1, end: 4 },
      { keyword: 0, end: 4 },
      { keyword: 3, end: 6 },
    ])
  })

  it('folds the case of letters and of nothing else', () => {
    expect(search(['ghp_'], 'GHP_ gHp\x7f')).toEqual([{ keyword: 0, end: 4 }])
    expect(search(['a@'], 'a` A@')).toEqual([{ keyword: 0, end: 5 }])
  })

  it('agrees with a naive search on random keywords and texts', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed)
      const alphabet = 'abAB-_é\xff'.slice(0, 2 + random(7))
      const word = (length: number) =>
        Array.from({ length }, () => alphabet[random(alphabet.length)]).join('')
      const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, 'z')
      const keywords = [
        ...new Set(
          Array.from({ length: 1 + random(12) }, () => ascii(word(1 + random(5))).toLowerCase()),
        ),
      ]
      const text = word(random(120))
      expect(search(keywords, text).sort(byPlace), `seed ${seed}`).toEqual(
        searchNaively(keywords, text).sort(byPlace),
      )
    }
  })

  it('refuses a keyword that is not ASCII', () => {
    expect(() => buildAutomaton(['clé'])).toThrow('clé')
  })
})
