# Everything there is to do here, for people and for machines. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Where the real-world messages are that some tests read, if this machine has them.
ifneq ($(wildcard ../shared),)
export HATCHWAY_SHARED ?= $(abspath ../shared)
endif

# One build for everything: an import of a module that a target does not declare is an error, and no product is built twice.
SWIFT_BUILD := swift build --explicit-target-dependency-import-check error
TEST_LOG := .build/test.log
CORPUS_LOG := .build/corpus.log

.PHONY: help setup build test lint format check corpus demo benchmark release clean

help: ## Show this list
	@echo "Hatchway, a GP-system interoperability gateway"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Install the system packages that are missing (Debian, Ubuntu)
	@Packaging/setup.sh

build: setup ## Build for debugging
	@Packaging/progress.sh $(SWIFT_BUILD)

test: setup lint ## Lint, check the house rules, build, and run every test
	@Packaging/checks.sh
	@Packaging/progress.sh $(SWIFT_BUILD) --build-tests
	@Packaging/test.sh $(TEST_LOG)

lint: ## Check the format of the Swift files
	@swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift

format: ## Put the Swift files into the house format
	@swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

check: build ## Check the mappings against their samples
	@"$$(swift build --show-bin-path)/hatchway" check --mappings Mappings --samples Samples

corpus: setup ## Measure the mappings on real-world messages, where this machine has them
	@Packaging/progress.sh $(SWIFT_BUILD) --build-tests
	@Packaging/corpus.sh $(CORPUS_LOG)

demo: build ## Start it, feed it every sample, show what comes out (KEEP=1 leaves it running)
	@Packaging/setup.sh curl
	@KEEP=$(KEEP) Packaging/demo.sh

benchmark: ## Measure how fast messages are read (ARGUMENTS=--help says how to choose)
	@Benchmarks/run.sh $(ARGUMENTS)

release: setup ## Build for use
	@Packaging/progress.sh $(SWIFT_BUILD) --configuration release --product hatchway
	@echo "$$(swift build --configuration release --show-bin-path)/hatchway"

clean: ## Remove what was built
	@swift package clean
