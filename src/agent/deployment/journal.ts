// What a deployment has done so far, on disk before it does the next thing: a file per deployment
// of one JSON object per line, each synced. Whoever finds one at the start knows what to undo.
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isErrno, privateDirectory, syncDirectory } from '../../platform/files.ts'
import { DeploymentStep } from '../../trust/connectors/agent-protocol.ts'

/** Of all that the agent needs to undo or to finish it, without its server. */
const Begun = z.object({
  jobId: z.string(),
  sequence: z.int(),
  deploymentId: z.int(),
  certificateId: z.int(),
  version: z.int(),
  fingerprint: z.string(),
  serverName: z.string().nullable(),
  target: z.object({
    name: z.string(),
    type: z.string(),
    settings: z.record(z.string(), z.unknown()),
  }),
})
export type Begun = z.infer<typeof Begun>

const Mark = z.discriminatedUnion('mark', [
  z.object({ mark: z.literal('begun'), begun: Begun }),
  z.object({
    mark: z.literal('snapshot'),
    snapshot: z.unknown(),
    /** What each probe saw before; null where nobody answered. */
    served: z.array(z.string().nullable()),
  }),
  z.object({ mark: z.literal('written') }),
  /** From here on a client may see the new certificate. */
  z.object({ mark: z.literal('switching') }),
  z.object({ mark: z.literal('proven') }),
  /** What was there before is there again; the service may not know it yet. */
  z.object({ mark: z.literal('restored'), why: z.string() }),
  z.object({ mark: z.literal('step'), step: DeploymentStep }),
])
type Mark = z.infer<typeof Mark>

/** What a journal says as a whole. */
export interface History {
  begun: Begun
  snapshot: { snapshot: unknown; served: (string | null)[] } | null
  switching: boolean
  proven: boolean
  restored: string | null
  steps: DeploymentStep[]
}

export interface Journal {
  readonly history: History
  readonly path: string
  /** A folder of its own for copies of what is replaced; it lives as long as the journal. */
  readonly folder: string
  append(mark: Exclude<Mark, { mark: 'begun' }>): Promise<void>
  /** The deployment is over, either way. */
  remove(): Promise<void>
  close(): Promise<void>
}

const bytesMax = 16 << 20

export async function beginJournal(folder: string, begun: Begun): Promise<Journal> {
  await privateDirectory(folder)
  const path = join(folder, `${begun.deploymentId}.journal`)
  const copies = join(folder, String(begun.deploymentId))
  // Of a deployment whose journal was removed and whose folder was not, or is kept elsewhere.
  await rm(copies, { recursive: true, force: true })
  await mkdir(copies, { mode: 0o700 })
  const handle = await open(path, 'ax', 0o600)
  await write(handle, { mark: 'begun', begun })
  await syncDirectory(folder)
  return journalOn(handle, { path, folder: copies, inFolder: folder, history: empty(begun) })
}

/** Those of deployments that did not come to their end, the oldest first. */
export async function openJournals(folder: string): Promise<Journal[]> {
  const names = await readdir(folder).catch((error) => {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  })
  const ids = names.flatMap((name) => /^(\d+)\.journal$/.exec(name)?.[1] ?? [])
  const found: Journal[] = []
  for (const id of ids.sort((a, b) => Number(a) - Number(b))) {
    const path = join(folder, `${id}.journal`)
    const history = historyOf(await readFile(path, 'utf8'))
    const copies = join(folder, id)
    if (history === null) {
      // Cut off in its first line: nothing had been touched.
      await removeFiles(path, copies, folder)
      continue
    }
    const handle = await open(path, 'a')
    found.push(journalOn(handle, { path, folder: copies, inFolder: folder, history }))
  }
  return found
}

interface Places {
  path: string
  folder: string
  inFolder: string
  history: History
}

function journalOn(handle: FileHandle, { path, folder, inFolder, history }: Places): Journal {
  return {
    history,
    path,
    folder,
    async append(mark) {
      await write(handle, mark)
      apply(history, mark)
    },
    async remove() {
      await handle.close()
      await removeFiles(path, folder, inFolder)
    },
    close: () => handle.close(),
  }
}

async function removeFiles(path: string, copies: string, folder: string): Promise<void> {
  // The journal first: without it nobody asks for the copies any more.
  await rm(path, { force: true })
  await syncDirectory(folder)
  await rm(copies, { recursive: true, force: true })
}

async function write(handle: FileHandle, mark: Mark): Promise<void> {
  // A line feed before as well: what follows a line that was cut off begins a line of its own.
  await handle.appendFile(`\n${JSON.stringify(mark)}\n`)
  await handle.sync()
}

const empty = (begun: Begun): History => ({
  begun,
  snapshot: null,
  switching: false,
  proven: false,
  restored: null,
  steps: [],
})

/** Null where not even its beginning is whole. */
export function historyOf(text: string): History | null {
  if (text.length > bytesMax) throw new Error('the journal of a deployment is too large to be ours')
  let history: History | null = null
  for (const line of text.split('\n')) {
    const mark = markOf(line)
    if (mark?.mark === 'begun') history ??= empty(mark.begun)
    else if (mark !== null && history !== null) apply(history, mark)
  }
  return history
}

function markOf(line: string): Mark | null {
  if (line === '') return null
  try {
    return Mark.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

function apply(history: History, mark: Mark): void {
  if (mark.mark === 'snapshot') {
    history.snapshot = { snapshot: mark.snapshot, served: mark.served }
  }
  if (mark.mark === 'switching') history.switching = true
  if (mark.mark === 'proven') history.proven = true
  if (mark.mark === 'restored') history.restored = mark.why
  if (mark.mark === 'step') history.steps.push(mark.step)
}
