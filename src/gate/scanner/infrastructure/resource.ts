// What all platforms of infrastructure are read into, and what checks look at: resources whose
// every value knows where it is written, and says so when it is not known.
import type { SourceText } from '../source-text.ts'

export const platforms = ['terraform', 'kubernetes', 'dockerfile', 'compose', 'actions'] as const
export type Platform = (typeof platforms)[number]

/** UTF-16 offsets into the text of a file; the end is exclusive. */
export interface Place {
  source: SourceText
  start: number
  end: number
}

export type Value = Scalar | List | Mapping | Unknown

export interface Scalar {
  kind: 'scalar'
  value: string | number | boolean | null
  place: Place
  /** Where it comes from, when that is not where it is used: the default of a variable. */
  origin?: Place
}

export interface List {
  kind: 'list'
  items: readonly Value[]
  place: Place
  origin?: Place
}

export interface Mapping {
  kind: 'map'
  entries: ReadonlyMap<string, Entry>
  place: Place
  origin?: Place
  /** True where further entries may exist that are not known: a merged variable, a `for_each`. */
  open: boolean
}

export interface Entry {
  value: Value
  /** Where it is named and set: what a finding about this attribute points at. */
  place: Place
}

/** Cannot be known without running anything. No check may fail because of it. */
export interface Unknown {
  kind: 'unknown'
  place: Place
  /** Addresses of resources whose attributes it is made of: `aws_s3_bucket.logs`. */
  references: readonly string[]
}

export interface Resource {
  platform: Platform
  /** `aws_s3_bucket`, `Deployment`, `FROM`-stage, `service`, `job`: as the platform calls it. */
  type: string
  /** `module.net.aws_s3_bucket.logs[0]`, `Deployment/shop/web`, `service/db`. */
  address: string
  /** Terraform's blocks of one type are a list of maps, even where there is but one. */
  body: Mapping
  /** Its first line: where a finding points whose attribute is missing. */
  place: Place
  /** Resources of one scope may refer to one another: a module instance, a file, a namespace. */
  scope: string
}
