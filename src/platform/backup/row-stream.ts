// Reads the rows of a query as they come, in batches of bounded size.
import pg from 'pg'

/** JSON text, with the number of rows in it. */
export interface Batch {
  json: string
  rows: number
}

const batchCharactersMax = 2 * 2 ** 20
const batchRowsMax = 5_000

/**
 * Every value as PostgreSQL's own text for it, as COPY has them, so that nothing is lost on the
 * way through JavaScript. The server is made to wait while nobody takes a batch.
 */
export async function* streamRows(client: pg.Client, text: string): AsyncGenerator<Batch> {
  const socket = socketOf(client)
  const full: Batch[] = []
  let open = emptyBatch()
  let state: 'running' | 'done' | Error = 'running'
  let notify = () => {}

  function closeBatch(): void {
    if (open.rows.length > 0) full.push({ json: `[${open.rows.join(',')}]`, rows: open.rows.length })
    open = emptyBatch()
  }

  const query = new pg.Query<(string | null)[]>({ text, rowMode: 'array', types: asText })
  query.on('row', (row) => {
    const json = JSON.stringify(row)
    open.rows.push(json)
    open.characters += json.length
    if (open.characters < batchCharactersMax && open.rows.length < batchRowsMax) return
    closeBatch()
    socket.pause()
    notify()
  })
  query.on('end', () => {
    closeBatch()
    state = 'done'
    notify()
  })
  query.on('error', (error) => {
    state = error
    notify()
  })
  client.query(query)
  try {
    for (;;) {
      const batch = full.shift()
      if (batch !== undefined) {
        yield batch
        continue
      }
      if (state instanceof Error) throw state
      if (state === 'done') return
      const changed = new Promise<void>((resolve) => {
        notify = resolve
      })
      socket.resume()
      await changed
    }
  } finally {
    socket.resume()
  }
}

const asText: pg.CustomTypesConfig = {
  getTypeParser: (() => (value: string) => value) as typeof pg.types.getTypeParser,
}

function emptyBatch(): { rows: string[]; characters: number } {
  return { rows: [], characters: 0 }
}

/** The driver has a stream of rows, but no word for "wait". */
function socketOf(client: pg.Client): { pause(): void; resume(): void } {
  const { connection } = client as unknown as {
    connection: { stream: { pause(): void; resume(): void } }
  }
  return connection.stream
}
