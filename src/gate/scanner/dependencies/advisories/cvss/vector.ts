// Reads the text of a CVSS vector into its metrics, strictly enough that a score can be trusted.

export type Metrics = ReadonlyMap<string, string>

/** Values that each metric of a version of CVSS may take, separated by spaces. */
export type Vocabulary = Readonly<Record<string, string>>

/**
 * Metrics by their names. null where the text repeats a metric, has one that the vocabulary does
 * not know, or lacks one of `required`.
 */
export function readMetrics(
  text: string,
  vocabulary: Vocabulary,
  required: readonly string[],
): Metrics | null {
  const metrics = new Map<string, string>()
  for (const part of text.split('/')) {
    const [name = '', value = '', more] = part.split(':')
    const values = Object.hasOwn(vocabulary, name) ? vocabulary[name]?.split(' ') : undefined
    if (values?.includes(value) !== true || more !== undefined || metrics.has(name)) return null
    metrics.set(name, value)
  }
  return required.every((name) => metrics.has(name)) ? metrics : null
}

/** The weight of a metric's value; the vocabulary has made sure that there is one. */
export function weigh(
  weights: Readonly<Record<string, number>>,
  metrics: Metrics,
  name: string,
): number {
  return weights[metrics.get(name) ?? ''] ?? 0
}
