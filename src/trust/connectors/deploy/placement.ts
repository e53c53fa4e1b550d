// Where servers that read a certificate and a key from two files have them.
import type { z } from 'zod'
import { HostPath, type Place } from './contract.ts'

export const placement = {
  folder: HostPath.optional().describe(
    'The server reads <folder>/current/fullchain.pem and privkey.pem; both change at one instant',
  ),
  certificateFile: HostPath.optional().describe('Gets certificate and chain'),
  keyFile: HostPath.optional(),
}

interface Placement {
  folder?: string | undefined
  certificateFile?: string | undefined
  keyFile?: string | undefined
}

/** Either the folder or both files. */
export function checkPlacement(settings: Placement, context: z.RefinementCtx): void {
  const { folder, certificateFile, keyFile } = settings
  const issue = (path: keyof Placement, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  if (folder !== undefined) {
    if (certificateFile !== undefined) issue('certificateFile', 'cannot stand beside folder')
    if (keyFile !== undefined) issue('keyFile', 'cannot stand beside folder')
    return
  }
  if (certificateFile === undefined && keyFile === undefined) {
    issue('folder', 'is required unless certificateFile and keyFile are given')
    return
  }
  if (certificateFile === undefined) issue('certificateFile', 'is required beside keyFile')
  if (keyFile === undefined) issue('keyFile', 'is required beside certificateFile')
  if (certificateFile === keyFile) issue('keyFile', 'must be another file than certificateFile')
}

export function placeOf({ folder, certificateFile, keyFile }: Placement): Place {
  if (folder !== undefined) return { kind: 'folder', folder }
  if (certificateFile === undefined || keyFile === undefined) {
    throw new Error('settings were not checked')
  }
  return {
    kind: 'files',
    files: [
      // The key first: a server that starts between the two renames finds a pair that it refuses,
      // whichever the order; but a key is never without the certificate that is on its way.
      { path: keyFile, content: 'key' },
      { path: certificateFile, content: 'fullchain' },
    ],
  }
}
