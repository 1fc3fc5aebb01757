// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"errors"
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// The features beyond WebAssembly 1.0 that Inspect recognizes, as Info.Features
// spells them.
const (
	FeatureBulkMemory         = "bulk-memory"
	FeatureCustomPageSizes    = "custom-page-sizes"
	FeatureExceptions         = "exceptions"
	FeatureExtendedConst      = "extended-const"
	FeatureFunctionReferences = "function-references"
	FeatureGC                 = "gc"
	FeatureMemory64           = "memory64"
	FeatureMultiMemory        = "multi-memory"
	FeatureMultiValue         = "multi-value"
	FeatureMutableGlobals     = "mutable-globals"
	FeatureReferenceTypes     = "reference-types"
	FeatureRelaxedSIMD        = "relaxed-simd"
	FeatureSaturating         = "nontrapping-fptoint"
	FeatureSignExtension      = "sign-extension"
	FeatureSIMD               = "simd"
	FeatureStackSwitching     = "stack-switching"
	FeatureTailCall           = "tail-call"
	FeatureThreads            = "threads"
	FeatureWideArithmetic     = "wide-arithmetic"
)

// codeFeature returns the feature that an instruction belongs to, "" for
// WebAssembly 1.0.
func codeFeature(op opcode.Op) string {
	n := op.Number()
	switch op.Prefix() {
	case opcode.PrefixGC:
		return FeatureGC
	case opcode.PrefixSIMD:
		if n >= 0x100 {
			return FeatureRelaxedSIMD
		}
		return FeatureSIMD
	case opcode.PrefixThreads:
		return FeatureThreads
	case opcode.PrefixMisc:
		switch {
		case n <= 7:
			return FeatureSaturating
		case n <= 14:
			return FeatureBulkMemory
		case n <= 17:
			return FeatureReferenceTypes
		}
		return FeatureWideArithmetic
	}
	switch {
	case op >= 0xc0 && op <= 0xc4:
		return FeatureSignExtension
	case op == opcode.ReturnCall, op == opcode.ReturnCallIndirect:
		return FeatureTailCall
	case op == opcode.CallRef, op == opcode.ReturnCallRef, op >= 0xd4 && op <= 0xd6:
		return FeatureFunctionReferences
	case op >= 0x06 && op <= 0x0a, op == 0x18, op == 0x19, op == 0x1f:
		return FeatureExceptions
	case op == 0x1c, op == 0x25, op == 0x26, op >= 0xd0 && op <= 0xd2:
		return FeatureReferenceTypes
	case op == 0xd3:
		return FeatureGC
	}
	return ""
}

// scanCode notes the features of the instructions in one function body. An
// instruction that no standard defines ends the scan of that body and is
// reported; an engine may still know it.
func (p *parser) scanCode(body []byte, base int) error {
	last := opcode.Op(0)
	for pos := 0; pos < len(body); {
		op, _, next, err := opcode.Next(body, pos)
		if err != nil {
			var bad *opcode.Error
			if errors.As(err, &bad) && bad.Unknown() {
				if p.info.UnknownCode == "" {
					p.info.UnknownCode = fmt.Sprintf("instruction %s at offset %d", bad.Op, base+pos)
				}
				return nil
			}
			return &FormatError{Offset: base + pos, Reason: err.Error()}
		}
		if f := codeFeature(op); f != "" {
			p.features[f] = true
		}
		pos, last = next, op
	}
	if last != opcode.End {
		return &FormatError{Offset: base + len(body), Reason: "a function body has no end instruction"}
	}
	return nil
}
