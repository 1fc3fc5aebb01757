// SPDX-License-Identifier: Apache-2.0

package kafkatest

import "syscall"

// processAttributes end the broker with the test, even if that is killed.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
