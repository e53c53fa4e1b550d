// NuGet's order of versions: Semantic Versioning with up to four numbers, whose pre-release labels
// are compared without their case.
import { compareSemver, parseSemver } from './semver.ts'
import { type VersionOrder, versionOrder } from './total-order.ts'

export const nuget: VersionOrder = versionOrder(
  (version) => parseSemver(version.toLowerCase()),
  compareSemver,
)
