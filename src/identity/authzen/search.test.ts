import { expect, it } from 'vitest'
import { placeOf } from './page.ts'
import { type Candidate, searchPage } from './search.ts'

const question = { what: 'test' }
const names = Array.from({ length: 1_203 }, (_, nth) => `n${String(nth).padStart(4, '0')}`)

/** Every third is allowed; `tick` says what the clock shows after each look at it. */
function search(options: { token?: string; limit?: number; tick?: number; abort?: boolean }) {
  const { token, limit = 1_000, tick = 0 } = options
  let time = 0
  let looked = 0
  const candidate = (at: string): Candidate<string> => ({
    at,
    result: at,
    isAllowed() {
      looked += 1
      const isAllowed = Number(at.slice(1)) % 3 === 0
      return looked % 2 === 0 ? isAllowed : Promise.resolve(isAllowed)
    },
  })
  const found = searchPage({
    place: placeOf({ token, limit }, question),
    async candidates(after, count) {
      return names
        .filter((at) => after === null || at > after)
        .slice(0, count)
        .map(candidate)
    },
    now() {
      time += tick
      return time
    },
    signal:
      options.abort === true ? AbortSignal.abort(new Error('gone')) : new AbortController().signal,
  })
  return found.then((page) => ({ ...page, looked }))
}

async function all(options: { limit?: number; tick?: number }) {
  const results: string[] = []
  let pages = 0
  for (let token: string | undefined; token !== ''; pages++) {
    const found = await search({ ...options, ...(token === undefined ? {} : { token }) })
    results.push(...found.results)
    token = found.page.next_token
  }
  return { results, pages }
}

const allowed = names.filter((_, nth) => nth % 3 === 0)

it.each([1, 7, 401, 402, 1_000])('finds each once in pages of %i', async (limit) => {
  expect((await all({ limit })).results).toEqual(allowed)
})

it('looks no further than the page needs', async () => {
  expect(await search({ limit: 2 })).toMatchObject({ results: ['n0000', 'n0003'], looked: 4 })
})

it('ends a page whose time is over, and goes on from there', async () => {
  const { results, pages } = await all({ tick: 40 })
  expect(results).toEqual(allowed)
  expect(pages).toBeGreaterThan(10)
})

it('stops for whoever is gone', async () => {
  await expect(search({ tick: 40, abort: true })).rejects.toThrow('gone')
})
