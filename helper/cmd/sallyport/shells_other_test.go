//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// completes needs Linux's terminals; its script is skipped elsewhere.
func completes(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("completes: only on Linux") }
