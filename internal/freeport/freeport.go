// SPDX-License-Identifier: Apache-2.0

// Package freeport finds TCP ports for programs that tests start.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// The ports are below those that systems assign on their own (from 32768 on Linux): a
// program may take seconds before it listens, and meanwhile any client on the machine
// could get its port.
const (
	lowest = 20000
	count  = 10000
	tries  = 1000
)

// Find returns n different ports on which nothing listens on 127.0.0.1.
func Find(n int) ([]int, error) {
	var ports []int
	for range tries {
		if len(ports) == n {
			return ports, nil
		}
		port := lowest + rand.IntN(count)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer listener.Close() // only at the end, so that no port is found twice
		ports = append(ports, port)
	}
	return nil, fmt.Errorf("looking for %d free ports from %d to %d: found %d in %d tries", n, lowest, lowest+count-1, len(ports), tries)
}
