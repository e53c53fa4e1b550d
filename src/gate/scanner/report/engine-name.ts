// What the engines are called where people read, and where they choose.
import type { ScanType } from '../finding.ts'

export const engineNames: Readonly<Record<ScanType, string>> = {
  sast: 'code',
  sca: 'dependencies',
  secrets: 'secrets',
  iac: 'infrastructure',
  cspm: 'cloud',
}
