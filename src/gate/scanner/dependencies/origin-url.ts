// The address a package comes from, without what lets its reader in.

/**
 * Without user, password and the parameters of the query, but for those that name a version or a
 * folder. The account of an SSH address without a password is a name, `git`, and stays. What is no
 * URL comes back as it is.
 */
export function bareUrl(text: string): string {
  const bare = text.replace(authority, (_all, scheme: string, user: string) => {
    return scheme.endsWith('ssh://') && !user.includes(':') ? `${scheme}${user}@` : scheme
  })
  if (!bare.includes('://')) return bare.replace(/^[^\s/@:]+:[^\s/@]+@(?=[\w.-]+:)/, '')
  return bare.replace(/\?([^#\s]*)/, (_all, query: string) => {
    const kept = query.split('&').filter((one) => harmless.test(one))
    return kept.length === 0 ? '' : `?${kept.join('&')}`
  })
}

const authority = /([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#]*)@/gi
const harmless = /^(?:branch|rev|tag|ref|subdirectory|path|workspace)=/
