import protobuf from 'protobufjs'

/**
 * The messages of Prometheus remote write that are read, as its specifications 1.0 and 2.0 number their fields
 * (prometheus.io/docs/specs/prw). Values are declared as the 64 bits they are: a staleness marker is one NaN among many,
 * and a JavaScript number does not surely keep which. Histograms and exemplars are only counted.
 */
const { root } = protobuf.parse(`
syntax = "proto3";

message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries {
  repeated Label labels = 1;
  repeated Sample samples = 2;
  repeated Ignored exemplars = 3;
  repeated Ignored histograms = 4;
}
message Label { string name = 1; string value = 2; }
message Sample { fixed64 value = 1; int64 timestamp = 2; }
message Ignored {}

message Request { repeated string symbols = 4; repeated TimeSeriesV2 timeseries = 5; }
message TimeSeriesV2 {
  repeated uint32 labels_refs = 1;
  repeated Sample samples = 2;
  repeated Ignored histograms = 3;
  repeated Ignored exemplars = 4;
  Metadata metadata = 5;
}
message Metadata { int32 type = 1; }
`)

export const WRITE_REQUEST = root.lookupType('WriteRequest')
export const WRITE_REQUEST_V2 = root.lookupType('Request')

/** What the decoder makes of the messages. */
export interface Bits {
  readonly low: number
  readonly high: number
}

export interface WireSample {
  readonly value: Bits
  readonly timestamp: Bits
}

export interface WireSeries {
  readonly labels: readonly { readonly name: string; readonly value: string }[]
  readonly samples: readonly WireSample[]
  readonly histograms: readonly unknown[]
}

export interface WireSeriesV2 {
  readonly labelsRefs: readonly number[]
  readonly samples: readonly WireSample[]
  readonly histograms: readonly unknown[]
  readonly metadata: { readonly type: number } | null
}
