import snappy from 'snappyjs'
import { WRITE_REQUEST } from '../../ingest/remote-write/messages.js'
import type { SampleSeries } from '../../query/promql/index.js'

/** What one request holds; a server takes samples up to an hour older than its newest. */
const SLICE_MS = 600_000

/** Sends series to a Prometheus server, slice by slice of time, bits as they are. */
export async function remoteWrite(url: string, series: readonly SampleSeries[]): Promise<void> {
  const times = series.flatMap(({ timestamps }) => [...timestamps])
  const last = Math.max(...times)
  for (let from = Math.min(...times); from <= last; from += SLICE_MS) {
    const timeseries = series.map(({ labels, timestamps, values }) => ({
      labels: Object.entries(labels)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      samples: [...timestamps].flatMap((timestamp, index) =>
        timestamp >= from && timestamp < from + SLICE_MS ? [{ timestamp, value: bits(values, index) }] : [],
      ),
    }))
    const filled = timeseries.filter(({ samples }) => samples.length > 0)
    const body = snappy.compress(WRITE_REQUEST.encode(WRITE_REQUEST.fromObject({ timeseries: filled })).finish())
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
      body: Uint8Array.from(body),
    })
    if (!answer.ok) throw new Error(`Prometheus answered ${answer.status}: ${await answer.text()}`)
  }
}

function bits(values: Float64Array, index: number) {
  const view = new DataView(values.buffer, values.byteOffset + index * 8, 8)
  return { low: view.getUint32(0, true), high: view.getUint32(4, true), unsigned: true }
}
