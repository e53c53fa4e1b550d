// The one door to a scan, for the command line and for the server.
export { defaultCacheDirectory } from './cache/directory.ts'
export { type EngineFacts, factsOf, off, type ScanFacts } from './facts.ts'
export type { ScanOptions } from './options.ts'
export { provenTypes, type ScanOutcome, unseenIn } from './outcome.ts'
export { unheard } from './project.ts'
export { scanCommit } from './scan-commit.ts'
export { type FolderScan, NoHistoryError, scanFolder } from './scan-folder.ts'
export { type Before, SinceError, scanSince } from './since.ts'
