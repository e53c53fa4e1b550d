// Reads the rows of a query as they come, in batches of bounded size.
import pg from 'pg'

export interface Batch {
  /** A JSON array of rows, each an array of texts and null. */
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
  const arriving = submit(client, text, socket)
  try {
    for (;;) {
      const batch = arriving.full.shift()
      if (batch !== undefined) yield batch
      else if (arriving.failure !== null) throw arriving.failure
      else if (arriving.isDone) return
      else {
        socket.resume()
        await arriving.change()
      }
    }
  } finally {
    socket.resume()
  }
}

interface Arriving {
  full: Batch[]
  isDone: boolean
  failure: Error | null
  /** Resolves when any of these is another. */
  change(): Promise<void>
}

function submit(client: pg.Client, text: string, socket: Socket): Arriving {
  let rows: string[] = []
  let characters = 0
  let notify = () => {}
  const arriving: Arriving = {
    full: [],
    isDone: false,
    failure: null,
    change: () =>
      new Promise((resolve) => {
        notify = resolve
      }),
  }

  function closeBatch(): void {
    if (rows.length > 0) arriving.full.push({ json: `[${rows.join(',')}]`, rows: rows.length })
    rows = []
    characters = 0
  }

  const config: pg.QueryArrayConfig = { text, rowMode: 'array', types: asText }
  const query = new pg.Query<(string | null)[]>(config)
  query.on('row', (row) => {
    const json = JSON.stringify(row)
    rows.push(json)
    characters += json.length
    if (characters < batchCharactersMax && rows.length < batchRowsMax) return
    closeBatch()
    socket.pause()
    notify()
  })
  query.on('end', () => {
    closeBatch()
    arriving.isDone = true
    notify()
  })
  query.on('error', (error: Error) => {
    arriving.failure = error
    notify()
  })
  client.query(query)
  return arriving
}

const asText: pg.CustomTypesConfig = {
  getTypeParser: (() => (value: string) => value) as typeof pg.types.getTypeParser,
}

interface Socket {
  pause(): void
  resume(): void
}

/** The driver has a stream of rows, but no word for "wait". */
function socketOf(client: pg.Client): Socket {
  const { connection } = client as unknown as { connection: { stream: Socket } }
  return connection.stream
}
