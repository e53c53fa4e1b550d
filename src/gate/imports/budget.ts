// How much text of a document may be kept at once: what describes the findings, not they
// themselves. Without it a file of nothing but rules would fill the memory.
import { DocumentError } from './document-error.ts'

export class Budget {
  private left: number
  private readonly charsMax: number

  constructor(charsMax = keptCharsMax) {
    this.charsMax = charsMax
    this.left = charsMax
  }

  /** Throws DocumentError when all kept texts together are too long. */
  take(...texts: readonly (string | null)[]): void {
    for (const text of texts) this.left -= (text?.length ?? 0) + overheadChars
    if (this.left >= 0) return
    throw new DocumentError(
      `The rules, artifacts and components hold over ${this.charsMax} characters; send it in parts`,
    )
  }
}

const keptCharsMax = 96_000_000
const overheadChars = 16
