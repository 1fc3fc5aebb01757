// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package kafkatest

import "syscall"

func processAttributes() *syscall.SysProcAttr { return nil }
