// The frameworks that come with the program, read once.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Catalogue, readCatalogue } from '../seal/controls/framework.ts'

const folder = new URL('../../../frameworks/', import.meta.url)

let known: Catalogue | null = null

export function frameworkCatalogue(): Catalogue {
  known ??= readCatalogue(
    new Map(
      readdirSync(fileURLToPath(folder)).map((file) => {
        return [file, readFileSync(new URL(file, folder), 'utf8')] as const
      }),
    ),
  )
  return known
}
