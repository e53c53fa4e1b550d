// Whether a range of addresses is as good as the whole internet, and which ports a value covers.

/** 0.0.0.0/0, ::/0, what platforms write for them, and the halves people write to avoid them. */
export function isPublicCidr(text: string): boolean {
  const range = text.trim().toLowerCase()
  if (anyone.has(range)) return true
  const v4 = /^(\d{1,3})\.\d{1,3}\.\d{1,3}\.\d{1,3}\/(\d{1,2})$/.exec(range)
  if (v4 !== null) return Number(v4[2]) < 8
  const v6 = /^([0-9a-f]{0,4}):[0-9a-f:.]{1,45}\/(\d{1,3})$/.exec(range)
  // Unique local addresses (fc00::/7) and link-local ones are nobody's but the network's own.
  return v6 !== null && Number(v6[2]) < 16 && !/^f[cdef]/.test(v6[1] ?? '')
}

const anyone = new Set(['*', 'any', 'internet', '/0', '<nw>/0', 'all'])

/** `22`, `"22"`, `"20-25"`, `"20:25"`, `"22,80"`, `"*"`; null for what is no port, like a name. */
export function coversPort(value: string | number, ports: readonly number[]): boolean | null {
  const text = String(value).trim().toLowerCase()
  if (text === '*' || text === 'all' || text === 'any') return true
  let covers: boolean | null = null
  for (const part of text.split(',', partsMax)) {
    const range = /^(\d{1,5})(?:\s?[-:]\s?(\d{1,5}))?(?:\/[a-z]+)?$/.exec(part.trim())
    if (range === null) continue
    const from = Number(range[1])
    const to = Number(range[2] ?? range[1])
    covers = covers === true || ports.some((port) => from <= port && port <= to)
  }
  return covers
}

const partsMax = 100
