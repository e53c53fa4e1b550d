// Error codes are a contract: one meaning each, with what to do next.

export interface ErrorEntry {
  status: number
  title: string
  fix: string
}

/** Where entries are registered (`common`, `gate`, …), to code, to entry. */
export type Catalogues = Record<string, Readonly<Record<string, ErrorEntry>>>

/**
 * Every module may serve a route on every surface, so a code is unique over all of them. Trust's
 * reference writes codes in capitals, the common ones too, so case makes no difference.
 */
export function findErrorFaults(catalogues: Catalogues): string[] {
  const seen = new Map<string, string>()
  return Object.entries(catalogues).flatMap(([place, entries]) =>
    Object.entries(entries).flatMap(([code, entry]) => {
      const other = seen.get(code.toLowerCase())
      seen.set(code.toLowerCase(), place)
      return [
        ...(other === undefined ? [] : [`${place}: ${code} is registered by ${other}, too`]),
        ...entryFaults(code, entry).map((fault) => `${place}: ${code} ${fault}`),
      ]
    }),
  )
}

function entryFaults(code: string, { status, title, fix }: ErrorEntry): string[] {
  const isSentence = (text: string) => /^[^a-z\s].*[^.\s]$/.test(text)
  return [
    ...(/^([a-z0-9]+(_[a-z0-9]+)*|[A-Z0-9]+(_[A-Z0-9]+)*)$/.test(code)
      ? []
      : ['is not snake_case']),
    ...(status >= 400 && status <= 599 ? [] : [`has status ${status}`]),
    ...(isSentence(title) ? [] : ['has a title that is no sentence without full stop']),
    ...(isSentence(fix) ? [] : ['does not say what to do next']),
  ]
}
