// What reads the files of a platform into resources.
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import type { Resource } from './resource.ts'

export interface PlatformReader {
  /** By the path alone. */
  wants(path: string): boolean
  /** Nothing for files that turn out to be something else. */
  read(source: SourceText, budget: Budget): ReadResources
}

export interface ReadResources {
  resources: Resource[]
  /** What could not be read of a file that belongs to the platform. */
  problem: string | null
}

/** Whether the bytes hold the ASCII text: far cheaper than decoding a file to look. */
export function holds({ bytes }: SourceText, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(text)
}

export const fileBytesMax = 4_000_000
