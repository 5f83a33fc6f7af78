# The few commands that people type; Meson and the scripts do the work.
PREFIX  ?= /usr/local
DESTDIR ?=

bindir  = $(DESTDIR)$(PREFIX)/bin
unitdir = $(DESTDIR)$(PREFIX)/lib/systemd/system

.PHONY: build run test lint bench fuzz crash install clean help

build: ## the programs, into build/
	@scripts/install-deps.sh build
	@scripts/build.sh build -Dtests=disabled -Dbuildtype=release -Doptimization=2 -Db_lto=true

run: build ## Gatehouse and its test client, on the database in ./data; Ctrl-C stops both
	@exec scripts/run.sh

test: ## all tests (a quarter of an hour on two processors)
	@scripts/install-deps.sh build test
	@scripts/test.sh

lint: ## format, layers, banned functions, clang-tidy
	@scripts/install-deps.sh build test lint
	@scripts/lint.sh

bench: build ## speed and size, beside nginx on this machine
	@scripts/install-deps.sh bench
	@exec bench/run.sh

fuzz: ## every fuzz target for FUZZ_SECONDS each (600)
	@scripts/install-deps.sh build fuzz
	@fuzz/run.sh $(or $(FUZZ_SECONDS),600)

crash: ## kill -9 of nodes and of PostgreSQL during grants, for CRASH_SECONDS (300) on either engine
	@scripts/install-deps.sh build test
	@scripts/build.sh build/asan -Dtests=enabled -Db_sanitize=address,undefined -Dbuildtype=debugoptimized
	@for engine in sqlite postgres; do \
		GATEHOUSE_TEST_ENGINE=$$engine CRASH_SECONDS=$(or $(CRASH_SECONDS),300) BUILD_DIR=build/asan node tests/lib/run.mjs tests/crash || exit 1; \
	done

install: ## into DESTDIR and PREFIX (/usr/local): programs and systemd unit
	@test -x build/gatehouse || { echo "Run 'make build' first, as yourself." >&2; exit 1; }
	install -d '$(bindir)' '$(unitdir)'
	install -m 755 build/gatehouse '$(bindir)/gatehouse'
	install -m 755 build/gatehouse-logo '$(bindir)/gatehouse-logo'
	ln -sf gatehouse '$(bindir)/oauth-tool'
	ln -sf gatehouse '$(bindir)/export-api-schema'
	sed 's|/usr/local/bin|$(PREFIX)/bin|g' deploy/gatehouse.service >'$(unitdir)/gatehouse.service'
	chmod 644 '$(unitdir)/gatehouse.service'

clean: ## what was built; not the data
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile
