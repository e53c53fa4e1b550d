// Something that takes long says so while it goes on.

const intervalMs = 5_000

/** Answers a function to call in a loop: it notifies every five seconds, first after five. */
export function noticing(notify: () => void): () => void {
  let nextAt = performance.now() + intervalMs
  return () => {
    if (performance.now() < nextAt) return
    nextAt += intervalMs
    notify()
  }
}
