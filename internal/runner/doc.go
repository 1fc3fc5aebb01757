// SPDX-License-Identifier: Apache-2.0

// Package runner takes events from a Kafka topic through a WebAssembly
// function to other topics.
//
// Guarantees:
//   - At-least-once: an offset is committed only after the brokers have
//     acknowledged every result of its event and of all events before it
//     (acks=all, idempotent producer). Exactly-once on request, by transactions.
//   - What comes twice is bounded: a partition has at most 1,024 events begun
//     and not committed (4,096 where a runner has few partitions). That many
//     can be repeated when a runner is killed, or when brokers come back and
//     its session has ended meanwhile. A stop or a rebalance repeats nothing.
//   - Order: events of a partition are processed one after the other;
//     partitions work in parallel, bounded by limits.concurrency.
//   - An event's results are written together or not at all: what a function
//     wrote before it failed is discarded.
//   - Sandbox: a trap, an endless loop, memory or output over the limit ends
//     the instance and fails the event, nothing else.
//   - Failures: retries with backoff, then dead letter, block, or drop. A
//     blocked event holds up its own partition, with both deliveries.
//     Outages of brokers and registries are waited out and shown in /readyz;
//     a runner without its module joins no group.
//   - Memory is bounded: fetching waits while enough is queued, processing
//     while enough is not written or not committed, in events and in bytes.
//
// The parts: broker (client options), module (fetching), abi (contracts with
// guests) over sandbox (limits), processor (retries), and stream or
// transactions (delivery). health and metrics are what one sees of it.
package runner
