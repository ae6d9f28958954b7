# The commands of this repository. `make help` lists them. CMake does the building; this file names what people type.
#
# From the environment or the command line: ARGS for `make run`, `make parity` and the `make bench-...`;
# HOLTER_UI=OFF and HOLTER_UI_DIST=DIR (see cmake/HolterUi.cmake); JOBS, FUZZ_SECONDS, LINT (changed or all); PREFIX and
# DESTDIR for `make install`; TESTS, a regular expression for ctest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help bootstrap run build install package test bench bench-heartbeat bench-probe bench-wire bench-capture parity lint format asan tsan fuzz clean

JOBS ?= $(shell nproc)
HOLTER_UI ?= ON
HOLTER_UI_DIST ?=
FUZZ_SECONDS ?= 60
LINT ?= changed
PREFIX ?= /usr/local
DESTDIR ?=
TESTS ?= .
export HOLTER_UI HOLTER_UI_DIST

CONFIGURE = cmake -S . -G Ninja --log-level=NOTICE -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19
CTEST = ctest --output-on-failure -j$(JOBS) -R '$(TESTS)'
UI = -DHOLTER_UI=$(HOLTER_UI) $(if $(HOLTER_UI_DIST),-DHOLTER_UI_DIST=$(HOLTER_UI_DIST),-UHOLTER_UI_DIST)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

bootstrap:  ## installs the Debian 12 packages of tools/packages.txt that are missing
	@tools/bootstrap.sh

run: bootstrap build  ## bootstrap, build, then `holter run $(ARGS)`
	@exec build/release/holter run $(ARGS)

build:  ## build/release/holter and build/release/holter-broker, and the tests
	@$(CONFIGURE) -B build/release $(UI)
	@cmake --build build/release -j$(JOBS)

install: bootstrap  ## build, then install below DESTDIR/PREFIX (/usr/local): docs/installation.md says what is left to do
	@$(CONFIGURE) -B build/release $(UI) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	@cmake --build build/release -j$(JOBS) --target packaging
	@DESTDIR=$(DESTDIR) cmake --install build/release --strip

package: bootstrap  ## build, then the Debian package, in build/release/package
	@$(CONFIGURE) -B build/release $(UI) -DCMAKE_INSTALL_PREFIX=/usr
	@cmake --build build/release -j$(JOBS) --target packaging
	@cpack --config build/release/CPackConfig.cmake -B build/release/package

test: bootstrap build  ## bootstrap, build, then every test
	@$(CTEST) --test-dir build/release

bench: build  ## the benchmarks; they judge nothing
	@cmake --build build/release -j$(JOBS) --target benches
	@tools/each_program.sh build/release/benches.txt
	@tests/bench/idle.py
	@tests/bench/detection.py
	@tests/bench/probe_cost.py

bench-heartbeat: build  ## presence: a million sessions, FRR's bfdd and the ancestor beside it, a flood
	@tests/bench/heartbeat.py --json build/release/heartbeat.json $(ARGS)

bench-probe: build  ## probes beside fping, blackbox_exporter, scamper and others, and bare loops; ARGS=--quick
	@cmake --build build/release -j$(JOBS) --target probe_loads
	@tests/bench/probe.py --json build/release/probe.json $(ARGS)

bench-wire: build  ## decode, filter, flows and JSON beside cat, tcpdump, softflowd, tshark and libtins; ARGS=--quick
	@tests/bench/wire.py --json build/release/wire.json $(ARGS)

bench-capture: build  ## live capture beside tcpdump, dumpcap, netsniff-ng and a bare ring; ARGS=--quick
	@cmake --build build/release -j$(JOBS) --target capture_loads
	@tests/bench/capture.py --json build/release/capture.json $(ARGS)

parity: build  ## every field of every capture beside tshark's; ARGS="--rows tcp. --show tcp.window"
	@tests/parity/parity.py $(ARGS)

lint: build  ## clang-tidy, clang-format, lone headers, g++ as a second opinion; LINT=all for every file
	@JOBS=$(JOBS) tools/lint.sh $(LINT)

format:  ## clang-format over every file, in place
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

asan:  ## every test under AddressSanitizer and UndefinedBehaviorSanitizer, in build/asan
	@$(CONFIGURE) -B build/asan -DHOLTER_UI=OFF -DHOLTER_SANITIZE=address,undefined
	@cmake --build build/asan -j$(JOBS)
	@$(CTEST) --test-dir build/asan

tsan:  ## every test under ThreadSanitizer, in build/tsan
	@$(CONFIGURE) -B build/tsan -DHOLTER_UI=OFF -DHOLTER_SANITIZE=thread
	@cmake --build build/tsan -j$(JOBS)
	@$(CTEST) --test-dir build/tsan

fuzz:  ## every fuzz target for FUZZ_SECONDS=60 each, and every capture cut at each byte and changed, under sanitizers
	@$(CONFIGURE) -B build/fuzz -DHOLTER_UI=OFF -DHOLTER_FUZZ=ON -DHOLTER_SANITIZE=address,undefined
	@cmake --build build/fuzz -j$(JOBS) --target fuzzers holter_wire_test
	@HOLTER_SURVIVAL=all build/fuzz/src/wire/holter_wire_test --gtest_filter='Survival.*'
	@tools/fuzz.sh build/fuzz/fuzzers.txt $(FUZZ_SECONDS)

clean:  ## removes build/
	@rm -rf build
