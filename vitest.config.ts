// The test suite: unit tests beside their files, what crosses modules in test/.
import { defineConfig } from 'vitest/config'
import { countLine } from './test/reporter.ts'
import { SlowestLast } from './test/sequence.ts'

const onSystemPostgres =
  process.env.PANTHERA_TEST_SYSTEM_POSTGRES === 'all'
    ? ['**/*']
    : ['tenancy', 'access', 'findings', 'imports', 'keys', 'identity-keys', 'identity-oauth']
        .concat(['identity-audit', 'principals', 'policies', 'decisions', 'certificates'])
        .concat(['certificate-revocations', 'evidence', 'evidence-controls', 'organizations'])

export default defineConfig({
  plugins: [countLine()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'panthera',
          // Not rules/: a `.test.<ext>` there is the proof of a rule, read by the scanner's tests.
          include: ['{src,test,bench,web}/**/*.test.{ts,tsx}'],
          globalSetup: ['test/fixtures/postgres.ts', 'test/fixtures/scanner-cache.ts'],
        },
      },
      {
        // One code, two servers: what has the most SQL once more, on the system's PostgreSQL.
        // `PANTHERA_TEST_SYSTEM_POSTGRES=all` takes all of the API.
        extends: true,
        test: {
          name: 'system-postgres',
          include: onSystemPostgres.map((name) => `test/api/${name}.test.ts`),
          globalSetup: ['test/fixtures/postgres.ts', 'test/fixtures/scanner-cache.ts'],
        },
      },
    ],
    // Processes, not threads: many tests start servers, change signals or the working directory.
    pool: 'forks',
    maxWorkers: 2,
    // One process per worker instead of one per file; a test that mocks says so itself.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    sequence: { sequencer: SlowestLast },
  },
})
