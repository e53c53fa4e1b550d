// The queues of scans and imports, named apart, so that who wakes them need not import them.

/** An import has a client waiting for it, and must not stand behind long scans. */
export const queueNames = { platform: 'gate.scan', import: 'gate.import' } as const
