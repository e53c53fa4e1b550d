// Which order the versions of an ecosystem stand in.
import type { Ecosystem } from '../package.ts'
import { composer } from './composer.ts'
import { maven } from './maven.ts'
import { nuget } from './nuget.ts'
import { pep440 } from './pep440.ts'
import { rubygems } from './rubygems.ts'
import { semver } from './semver.ts'
import type { VersionOrder } from './total-order.ts'

export function orderOf(ecosystem: Ecosystem): VersionOrder {
  return orders[ecosystem]
}

const orders: Record<Ecosystem, VersionOrder> = {
  npm: semver,
  PyPI: pep440,
  Go: semver,
  'crates.io': semver,
  Maven: maven,
  RubyGems: rubygems,
  Packagist: composer,
  NuGet: nuget,
}
