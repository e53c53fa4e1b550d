// The queue that runs scans and imports; named apart, so that who wakes it need not import it.
export const scanQueue = 'gate.scan'
