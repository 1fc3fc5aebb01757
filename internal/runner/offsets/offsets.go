// SPDX-License-Identifier: Apache-2.0

// Package offsets helps with the commit of offsets, and decides where a group begins
// that starts at the end of its topic.
package offsets

import (
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// AtEnd is how the Kafka protocol writes the end of a partition.
const AtEnd = -1

// CommitError returns the last error of a partition in the response to a commit, or nil.
func CommitError(response *kmsg.OffsetCommitResponse) (failed error) {
	for _, topic := range response.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				failed = err
			}
		}
	}
	return failed
}
