// Prometheus metrics of this node. Labels are bounded: operations and queues, never ids or paths.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  requests: Histogram<'operation' | 'status'>
  jobs: Histogram<'queue'>
  eventsRelayed: Counter
  deliveries: Counter<'outcome'>
  scans: Counter<'outcome'>
  contentType: string
  text(): Promise<string>
  /** Adds a gauge that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    requests: new Histogram({
      name: 'panthera_http_request_seconds',
      help: 'Time to answer, by operation and status.',
      labelNames: ['operation', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    jobs: new Histogram({
      name: 'panthera_job_seconds',
      help: 'Time that a job ran, by queue.',
      labelNames: ['queue'],
      buckets: [0.01, 0.1, 1, 10, 60, 600],
      registers,
    }),
    eventsRelayed: new Counter({
      name: 'panthera_events_relayed_total',
      help: 'Events handed to all their subscribers.',
      registers,
    }),
    deliveries: new Counter({
      name: 'panthera_webhook_deliveries_total',
      help: 'Attempts to deliver a webhook, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    scans: new Counter({
      name: 'panthera_scans_total',
      help: 'Scans that ended, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read())
        },
      })
    },
  }
}
