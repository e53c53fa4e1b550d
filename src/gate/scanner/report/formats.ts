// The table of all report formats, for whoever offers them. A new one is a file that exports a
// writer, and a row here; it is loaded only when it is asked for.
import type { ReportWriter } from './report.ts'

export interface ReportFormat {
  name: string
  /** For whom it is, in a few words. */
  summary: string
  mediaType: string
  /** With what a file's name ends. */
  extension: string
  load: () => Promise<ReportWriter>
}

export const reportFormats = [
  {
    name: 'text',
    summary: 'for people',
    mediaType: 'text/plain; charset=utf-8',
    extension: 'txt',
    load: async () => {
      const { writeWholeText } = await import('./text.ts')
      return (report) => writeWholeText(report, { color: false, width: 100 })
    },
  },
  {
    name: 'json',
    summary: 'everything, for programs that know Panthera',
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    load: async () => (await import('./json.ts')).writeJson,
  },
  {
    name: 'sarif',
    summary: 'SARIF 2.1.0, for code hosts and editors',
    mediaType: 'application/sarif+json; charset=utf-8',
    extension: 'sarif',
    load: async () => {
      const { writeSarif } = await import('./sarif.ts')
      return (report) => writeSarif(report)
    },
  },
  {
    name: 'html',
    summary: 'one page that needs nothing else',
    mediaType: 'text/html; charset=utf-8',
    extension: 'html',
    load: async () => (await import('./html.ts')).writeHtml,
  },
  {
    name: 'markdown',
    summary: 'for job summaries and comments',
    mediaType: 'text/markdown; charset=utf-8',
    extension: 'md',
    load: async () => (await import('./markdown.ts')).writeMarkdown,
  },
  {
    name: 'csv',
    summary: 'for spreadsheets',
    mediaType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    load: async () => (await import('./csv.ts')).writeCsv,
  },
  {
    name: 'junit',
    summary: 'JUnit XML, for CI servers',
    mediaType: 'application/xml; charset=utf-8',
    extension: 'xml',
    load: async () => (await import('./junit.ts')).writeJunit,
  },
  {
    name: 'github',
    summary: 'annotations of a GitHub workflow',
    mediaType: 'text/plain; charset=utf-8',
    extension: 'txt',
    load: async () => (await import('./github.ts')).writeGithub,
  },
  {
    name: 'gitlab-sast',
    summary: "GitLab's report of code and infrastructure",
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    load: async () => (await import('./gitlab.ts')).writeGitlabSast,
  },
  {
    name: 'gitlab-secrets',
    summary: "GitLab's report of secrets",
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    load: async () => (await import('./gitlab.ts')).writeGitlabSecrets,
  },
  {
    name: 'gitlab-dependencies',
    summary: "GitLab's report of dependencies",
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    load: async () => (await import('./gitlab.ts')).writeGitlabDependencies,
  },
  {
    name: 'gitlab-quality',
    summary: "GitLab's code quality report, on every plan",
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    load: async () => (await import('./gitlab.ts')).writeGitlabQuality,
  },
  {
    name: 'cyclonedx',
    summary: 'bill of materials with vulnerabilities, CycloneDX 1.6',
    mediaType: 'application/vnd.cyclonedx+json; version=1.6',
    extension: 'cdx.json',
    load: async () => (await import('./cyclonedx.ts')).writeCyclonedx,
  },
  {
    name: 'spdx',
    summary: 'bill of materials, SPDX 2.3',
    mediaType: 'application/spdx+json',
    extension: 'spdx.json',
    load: async () => (await import('./spdx.ts')).writeSpdx,
  },
] as const satisfies readonly ReportFormat[]

export type ReportFormatName = (typeof reportFormats)[number]['name']
