// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestRestartKeepsData(t *testing.T) {
	b := Start(t)
	client := b.Client(kgo.DefaultProduceTopic("t"))
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if _, err := kadm.NewClient(client).CreateTopic(ctx, 1, 1, nil, "t"); err != nil {
		t.Fatal(err)
	}
	if err := client.ProduceSync(ctx, kgo.StringRecord("before")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	b.Kill()
	b.Start()
	offsets, err := kadm.NewClient(client).ListEndOffsets(ctx, "t")
	if err != nil {
		t.Fatal(err)
	}
	if end, _ := offsets.Lookup("t", 0); end.Offset != 1 {
		t.Errorf("end offset after restart is %d", end.Offset)
	}
}
