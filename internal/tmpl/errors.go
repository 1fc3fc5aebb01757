// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"strconv"
	"strings"
	"text/template/parse"
)

// Error is a failed execution. Its text is that of Helm with one exception: for a field
// of an element of a range that has no fields, Helm says "in type interface {}",
// and this package names the type.
type Error struct {
	// Frames lead from the file to the template that failed.
	Frames []Frame
	// Msg says what is wrong.
	Msg string
	// Asked reports that the template itself failed, by fail or required, so
	// that Msg is meant for the user.
	Asked bool

	// called is the function that returned Msg, if any.
	called string
}

// Frame is a place in a template.
type Frame struct {
	Location string // file:line:column
	Template string // name of the file or definition
	Context  string // the action
}

func (f Frame) String() string {
	return f.Location + ": executing " + strconv.Quote(f.Template) + " at <" + f.Context + ">"
}

// Error formats the error as Helm does: the message of fail and required with the
// location in the file, one line for the error of a function, a trace otherwise.
func (e *Error) Error() string {
	if len(e.Frames) == 0 {
		return e.Msg
	}
	if e.Asked {
		return "execution error at (" + e.Frames[0].Location + "): " + e.Msg
	}
	var b strings.Builder
	if e.called != "" && !strings.HasPrefix(e.Msg, "template: no template ") {
		for i, f := range e.Frames {
			b.WriteString("template: " + f.String() + ": error calling ")
			if i < len(e.Frames)-1 {
				b.WriteString("include: ")
			}
		}
		b.WriteString(e.called + ": " + e.Msg)
		return b.String()
	}
	for i, f := range e.Frames {
		b.WriteString(f.Location + "\n  executing " + strconv.Quote(f.Template) + " at <" + f.Context + ">:\n    ")
		switch {
		case i < len(e.Frames)-1:
			b.WriteString("error calling include:\n")
		case e.called != "":
			b.WriteString("error calling " + e.called + ":\n" + e.Msg + "\n")
		default:
			b.WriteString(e.Msg + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

// askedError is the error that fail and required return.
type askedError string

func (e askedError) Error() string { return string(e) }

// frame returns the place of n in template t.
func frame(t *template, n parse.Node) Frame {
	location, context := t.tree.ErrorContext(n)
	return Frame{Location: location, Template: t.name, Context: context}
}

// abort unwinds to Execute with a trace of all unfinished includes.
func (s *state) abort(n parse.Node, msg string) {
	panic(&Error{Frames: s.trace(n), Msg: msg})
}

func (s *state) abortCall(n parse.Node, name string, err error) {
	asked, ok := err.(askedError)
	if ok {
		panic(&Error{Frames: s.trace(n), Msg: string(asked), Asked: true})
	}
	panic(&Error{Frames: s.trace(n), Msg: err.Error(), called: name})
}

func (s *state) trace(n parse.Node) []Frame {
	frames := make([]Frame, 0, len(s.calls)+1)
	for _, c := range s.calls {
		frames = append(frames, frame(c.tmpl, c.node))
	}
	return append(frames, frame(s.tmpl, n))
}

// parseError shortens an error of the parser as Helm does: to the location and the
// last of its messages.
func parseError(file string, err error) error {
	tokens := strings.Split(err.Error(), ": ")
	if len(tokens) == 1 {
		return errors.New("parse error in (" + file + "): " + err.Error())
	}
	return errors.New("parse error at (" + tokens[1] + "): " + tokens[len(tokens)-1])
}
