// SQL of the packages that a scan met.
import { sql, type Tx } from '../../platform/db.ts'
import type { Package } from '../scanner/dependencies/package.ts'

export interface ScanPackages {
  organizationId: string
  scanId: string
  packages: readonly Package[]
}

/** Of a repeated scan the last ones count; NUL, which PostgreSQL does not take, is left out. */
export async function storePackages(tx: Tx, scan: ScanPackages): Promise<void> {
  const { organizationId, scanId, packages } = scan
  if (packages.length === 0) return
  const json = JSON.stringify(packages).replaceAll('\\u0000', '')
  await tx.run(sql`insert into scan_packages (organization_id, scan_id, packages)
    values (${organizationId}, ${scanId}, ${json}::jsonb)
    on conflict (organization_id, scan_id) do update set packages = excluded.packages`)
}

export async function packagesOfScan(
  tx: Tx,
  organizationId: string,
  scanId: string,
): Promise<Package[]> {
  const row = await tx.maybe<{ packages: Package[] }>(sql`select packages from scan_packages
    where organization_id = ${organizationId} and scan_id = ${scanId}`)
  return row?.packages ?? []
}
