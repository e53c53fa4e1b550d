// Under which name evidence of a repository is filed.

const form = /^(?!\.\.?\/)[\w.-]{1,100}\/(?!\.\.?$)[\w.-]{1,100}$/

export const isSlug = (text: string): boolean => form.test(text)

/**
 * `owner/name`; null where no name can be made of it. A group within a group, as GitLab has them,
 * is written with dots: `acme/web/shop` is `acme.web/shop`.
 */
export function slugOf(owner: string, name: string): string | null {
  const slug = `${owner.replaceAll('/', '.')}/${name}`
  return isSlug(slug) ? slug : null
}
