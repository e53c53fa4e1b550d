// What the large CI systems tell in the environment.

/** The branch; of a pull request, the one it comes from. Null outside of them. */
export function branchOfCi(env: Readonly<Record<string, string | undefined>>): string | null {
  return (
    env.GITHUB_HEAD_REF ||
    env.GITHUB_REF_NAME ||
    env.CI_COMMIT_REF_NAME ||
    env.BITBUCKET_BRANCH ||
    null
  )
}

/** The number of the pull request that is built; null where none is. */
export function pullRequestOfCi(env: Readonly<Record<string, string | undefined>>): number | null {
  const [, github] = /^refs\/pull\/(\d{1,9})\//.exec(env.GITHUB_REF ?? '') ?? []
  const number = Number(github ?? (env.CI_MERGE_REQUEST_IID || env.BITBUCKET_PR_ID) ?? 0)
  return Number.isInteger(number) && number > 0 ? number : null
}
