// What was given as a source of advisories cannot be used; the message is for whoever gave it.

export class AdvisoryInputError extends Error {
  override name = 'AdvisoryInputError'
}
