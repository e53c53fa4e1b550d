// Killed in the middle of a deployment; `bench/agent-crashes.ts` walks all points.
import { expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../test/require.ts'
import { crashAt } from './fixtures/crash-walk.ts'
import { newAuthority } from './fixtures/deployment-host.ts'

const authority = await newAuthority()

describeWith(await requireComponent('nginx'), 'an agent that is killed', (nginx) => {
  it.concurrent.each([
    // Between the two renames of plain files: a key without its certificate.
    [10, 'files', 'rolled_back', 'old'],
    // After the reload: the new one is served, and not yet proven.
    [10, 'folder', 'rolled_back', 'old'],
    // Proven, and not yet told.
    [16, 'files', 'deployed', 'new'],
  ] as const)(
    'at point %i of %s leaves it %s',
    { timeout: 120_000 },
    async (at, layout, state, served) => {
      const outcome = await crashAt([at], { nginx, authority, layout })
      expect(outcome).toMatchObject({ died: true, result: { state }, served, leftovers: [] })
    },
  )
})
