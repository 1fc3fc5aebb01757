// SPDX-License-Identifier: Apache-2.0

// A transform for tests: it mirrors records, and does what commands in their
// values ask for.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redpanda-data/redpanda/src/transform-sdk/go/transform"
)

func main() { transform.OnRecordWritten(handle) }

var hoard [][]byte

func handle(e transform.WriteEvent, w transform.RecordWriter) error {
	r := e.Record()
	command, argument, _ := strings.Cut(string(r.Value), " ")
	switch command {
	case "fail":
		return errors.New(argument)
	case "panic":
		panic(argument)
	case "exit":
		os.Exit(3)
	case "loop":
		for i := 0; ; i++ {
			hoard = hoard[:0]
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "hoard":
		for {
			hoard = append(hoard, bytes.Repeat([]byte("x"), 16<<20)) // few growths, each of which copies
		}
	case "huge":
		r.Value = bytes.Repeat([]byte("x"), 50<<20)
	case "drop":
		return nil
	case "to":
		return w.Write(r, transform.ToTopic(argument))
	case "twice":
		if err := w.Write(r); err != nil {
			return err
		}
	case "env":
		r.Value = []byte(os.Getenv(argument))
	case "time":
		r.Value = []byte(fmt.Sprint(time.Now().UnixMilli() == r.Timestamp.UnixMilli()))
	}
	return w.Write(r)
}
