// Texts and lists of Panthera's own document: what is too long is cut, not refused.
import { z } from 'zod'

/** A string of at most so many characters; the end of a longer one becomes an ellipsis. */
export const Text = (charsMax: number) =>
  z.string().overwrite((text) => {
    return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`
  })

/** The first items of a list. */
export const upTo = <Item extends z.ZodType>(itemsMax: number, item: Item) =>
  z.array(item).overwrite((items) => items.slice(0, itemsMax))

/** Relative to the repository, with `/`; a backslash is a character like others. */
export const Path = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => !/^\/|(^|\/)\.\.(\/|$)/.test(path), 'must lie within the repository')
