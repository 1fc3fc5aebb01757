// SPDX-License-Identifier: Apache-2.0

// Package runner takes events from a Kafka topic through a WebAssembly function
// to other topics.
//
// Guarantees:
//   - At least once: an offset is committed only after the brokers have
//     acknowledged every result of its event and of all events before it
//     (acks=all, idempotent producer). Exactly once on request, by transactions.
//   - Repetition is bounded: a partition has at most 1,024 events that have begun
//     and are not committed (4,096 where a runner has few partitions). That many
//     can be repeated when a runner is killed, or when brokers come back after
//     its session has ended. A stop or a rebalance repeats nothing.
//   - Order: events of a partition are processed in order, one at a time; partitions
//     work in parallel, bounded by limits.concurrency.
//   - An event's results are written together or not at all: what a function
//     wrote before it failed is discarded.
//   - Sandbox: a trap, an endless loop, or memory or output over the limit ends
//     the instance and fails the event, and nothing else.
//   - Failures: retries with backoff, then dead letter, block, or drop. A blocked
//     event holds up only its own partition, with both deliveries. The runner
//     waits for brokers and registries that are down and shows that in /readyz;
//     without its module it joins no group.
//   - Memory is bounded: fetching waits while enough is queued, and processing
//     waits while enough is not written or not committed, in events and in bytes.
//
// An event passes through these packages: broker and batchsize (the client's
// options), stream or transaction (the two deliveries, behind delivery.Delivery),
// processor (retries, instances), function (the module) with its ABI from
// runner/abi, over sandbox (limits). Beside them: module fetches, onerror handles
// failures, offsets handles starts and commits, watch notices outages; health,
// metrics and tracing show what happens. A Host runs many functions in
// one process: hub makes each a member of its own group over one client, and sleep
// keeps those in memory that have work. This package puts them together.
package runner
