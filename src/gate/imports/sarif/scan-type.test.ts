import { describe, expect, it } from 'vitest'
import { scanTypeOfRule, scanTypeOfTool } from './scan-type.ts'

describe('the kind of scan', () => {
  it.each([
    ['Semgrep OSS', 'sast'],
    ['CodeQL', 'sast'],
    ['gitleaks', 'secrets'],
    ['Checkov', 'iac'],
    ['Snyk Code', 'sast'],
    ['Snyk IaC', 'iac'],
    ['Snyk Open Source', 'sca'],
    ['Grype', 'sca'],
    ['osv-scanner', 'sca'],
    ['Prowler', 'cspm'],
    ['Something new', 'sast'],
  ])('of %s is %s', (tool, scanType) => {
    expect(scanTypeOfTool(tool)).toBe(scanType)
  })

  it.each([
    ['DS002', ['misconfiguration', 'security'], 'iac'],
    ['aws-key', ['secret'], 'secrets'],
    ['CVE-2024-1', [], 'sca'],
    ['GHSA-aaaa-bbbb-cccc', ['security'], 'sca'],
    ['generic.secrets.security.detected-key', [], 'secrets'],
    ['js/sql-injection', ['security'], null],
  ])('of the rule %s with %j is %j', (id, tags, scanType) => {
    expect(scanTypeOfRule({ id, tags })).toBe(scanType)
  })
})
