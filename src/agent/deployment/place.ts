// Where a certificate goes, as the executor sees it: files, a folder of versions, a secret.
import type { Material } from './material.ts'

export interface Place {
  /** Before anything: may it be written there? @throws {DeploymentFailure} */
  permit(): Promise<void>
  /** Whether exactly this is there already. */
  holds(material: Material): Promise<boolean>
  /** JSON of what is there; contents are copied into `folder`, synced. */
  snapshot(folder: string): Promise<unknown>
  /** Beside it, seen by nobody yet, synced. Answers a line for people. */
  write(material: Material, snapshot: unknown): Promise<string>
  /** Atomic as far as the kind of place allows; `write` came before. */
  switch(): Promise<string>
  /**
   * What the snapshot says; does nothing where that is so already. Removes what `write` left, too.
   * Comes after a crash at any point, any number of times.
   */
  restore(snapshot: unknown, folder: string): Promise<void>
  /** After the proof: what is not needed any more; keeps the newest copies in `folder`. */
  tidy(folder: string): Promise<void>
}

/** Who is at work, for names that no other deployment uses. */
export interface Work {
  deploymentId: number
  version: number
  fingerprint: string
}

/** How files are written that were not there before. */
export interface FileModes {
  key: number
  /** Group of files that hold a key; null for the agent's. */
  keyGroup: number | null
}

export const certificateMode = 0o644
