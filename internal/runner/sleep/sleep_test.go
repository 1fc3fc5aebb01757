// SPDX-License-Identifier: Apache-2.0

package sleep

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// guard only ends a test that hangs.
const guard = time.Minute

// code counts what is in memory.
type code struct {
	t         *testing.T
	opened    atomic.Int64
	open      atomic.Int64
	instances atomic.Int64
}

type guest struct {
	code *code
	gone atomic.Bool
	hold chan struct{} // nil does not
	size uint64
	on   *guestCode
}

type guestCode struct {
	code *code
	gone atomic.Bool
	hold chan struct{}
}

func (c *guestCode) Instance(context.Context) (abi.Instance, error) {
	if c.gone.Load() {
		c.code.t.Error("an instance of a function that is not in memory")
	}
	c.code.instances.Add(1)
	return &guest{code: c.code, hold: c.hold, size: 10, on: c}, nil
}

func (c *guestCode) Close(context.Context) error {
	c.gone.Store(true)
	c.code.open.Add(-1)
	return nil
}

func (g *guest) Process(_ context.Context, records []*kgo.Record, done abi.Done) error {
	if g.hold != nil {
		<-g.hold
	}
	for range records {
		if g.gone.Load() || g.on.gone.Load() {
			g.code.t.Error("a call of a function that is not in memory")
		}
		done(nil)
	}
	return nil
}

func (g *guest) Size() uint64 { return g.size }
func (g *guest) Broken() bool { return false }
func (g *guest) Close(context.Context) error {
	if g.gone.Swap(true) {
		g.code.t.Error("an instance is closed twice")
	}
	g.code.instances.Add(-1)
	return nil
}

// function makes one of 100 bytes, whose instances take 10.
func function(k *Keeper, c *code, hold chan struct{}) *Function {
	return k.Function(Config{
		Code: 100,
		Open: func(context.Context) (abi.Function, error) {
			c.opened.Add(1)
			c.open.Add(1)
			return &guestCode{code: c, hold: hold}, nil
		},
		Woke: func(time.Duration) {}, Asleep: func() {}, Changed: func(int64) {},
	})
}

func (c *code) nothing(t *testing.T, k *Keeper) {
	t.Helper()
	if used, _ := k.Used(); used != 0 || c.open.Load() != 0 || c.instances.Load() != 0 {
		t.Errorf("%d bytes, %d functions and %d instances are left", used, c.open.Load(), c.instances.Load())
	}
}

var record = []*kgo.Record{{}}

func none([]*kgo.Record) {}

// atWork waits until a call runs.
func atWork(f *Function) {
	for {
		f.keeper.mu.Lock()
		busy := f.busy
		f.keeper.mu.Unlock()
		if busy > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// TestWakesAndSleeps: an instance outlives the sleep of its function.
func TestWakesAndSleeps(t *testing.T) {
	k, c := New(0, time.Hour, 1), &code{t: t}
	defer k.Close()
	f := function(k, c, nil)
	i, err := f.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := i.Process(t.Context(), record, none); err != nil {
			t.Fatal(err)
		}
		if awake, bytes := f.State(); !awake || bytes != 110 {
			t.Errorf("awake: %t, %d bytes", awake, bytes)
		}
		f.Sleep()
		if awake, bytes := f.State(); awake || bytes != 0 || i.Broken() {
			t.Errorf("awake: %t, %d bytes, broken: %t", awake, bytes, i.Broken())
		}
	}
	if n := c.opened.Load(); n != 3 {
		t.Errorf("opened %d times", n)
	}
	if err := errors.Join(i.Close(t.Context()), f.Close(t.Context())); err != nil {
		t.Error(err)
	}
	c.nothing(t, k)
}

func TestSleepsByItself(t *testing.T) {
	k, c := New(0, time.Millisecond, 1), &code{t: t}
	defer k.Close()
	f := function(k, c, nil)
	if _, err := f.Instance(t.Context()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(guard); c.open.Load() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not sleep")
		}
	}
}

// TestBudget: the least recently used makes room, and one at work is left alone.
func TestBudget(t *testing.T) {
	k, c := New(250, time.Hour, 1), &code{t: t}
	defer k.Close()
	hold := make(chan struct{})
	busy, second, third := function(k, c, hold), function(k, c, nil), function(k, c, nil)
	i, err := busy.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() { _ = i.Process(context.Background(), record, none) })
	atWork(busy)
	use := func(f *Function) {
		i, err := f.Instance(t.Context())
		if err == nil {
			err = i.Process(t.Context(), record, none)
		}
		if err != nil {
			t.Error(err)
		}
	}
	use(second)
	use(third)
	for f, want := range map[*Function]bool{busy: true, second: false, third: true} {
		if awake, _ := f.State(); awake != want {
			t.Errorf("awake: %t, want %t", awake, want)
		}
	}
	close(hold)
	work.Wait()
	use(second)
	if awake, _ := third.State(); awake {
		t.Error("the least recently used is still awake")
	}
	if used, _ := k.Used(); used > 250 {
		t.Errorf("%d bytes in use", used)
	}
}

// TestNoRoom: who cannot get memory says so when its time is over.
func TestNoRoom(t *testing.T) {
	k, c := New(150, time.Hour, 1), &code{t: t}
	defer k.Close()
	hold := make(chan struct{})
	busy, other := function(k, c, hold), function(k, c, nil)
	i, err := busy.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() { _ = i.Process(context.Background(), record, none) })
	atWork(busy)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := other.Instance(gone); abi.KindOf(err) != abi.Unavailable {
		t.Errorf("error %v", err)
	}
	got := make(chan error, 1)
	go func() {
		_, err := other.Instance(context.Background())
		got <- err
	}()
	close(hold)
	select {
	case err := <-got:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(guard):
		t.Fatal("it waits for memory that is free")
	}
	work.Wait()
}

// TestAnything: many functions with more work than memory.
func TestAnything(t *testing.T) {
	k, c := New(450, time.Millisecond, 1), &code{t: t}
	var functions []*Function
	for range 12 {
		functions = append(functions, function(k, c, nil))
	}
	var work sync.WaitGroup
	for n := range 8 {
		work.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(n)))
			for range 300 {
				f := functions[random.IntN(len(functions))]
				i, err := f.Instance(context.Background())
				for range random.IntN(3) {
					if err == nil {
						err = i.Process(context.Background(), record, none)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
				if random.IntN(2) == 0 {
					f.Sleep()
				}
				_ = i.Close(context.Background())
			}
		})
	}
	work.Wait()
	for _, f := range functions {
		if err := f.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	k.Close()
	c.nothing(t, k)
}
