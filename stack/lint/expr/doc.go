// SPDX-License-Identifier: Apache-2.0

// Package expr reads the expr language (expr-lang.org), in which KEDA evaluates
// scalingModifiers.formula, far enough to find names, mistakes of syntax, and
// results that are not numbers. What it does not know is never a mistake. The
// package is pure.
package expr
