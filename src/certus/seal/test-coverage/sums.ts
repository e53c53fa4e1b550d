// What a report of test coverage comes to.

export interface Sum {
  covered: number
  total: number
}

export interface Sums {
  format: 'lcov' | 'cobertura' | 'jacoco'
  lines: Sum
  /** Null where the report tells of none. */
  branches: Sum | null
}
