# Everything a developer calls. `make` alone says what there is.

SHELL    := /bin/bash
LISTEN   ?= 127.0.0.1:8080
DATA     ?= ./data
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

GO_FILES  := $(shell find . -name '*.go' -not -path './web/node_modules/*' 2>/dev/null)
WEB_FILES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/screenshots/*' -not -path 'web/test-results/*' 2>/dev/null)

.PHONY: help run build test test-go test-web test-e2e lint conformance check-slow check-workbook check-probe bench bench-page bench-go bench-eventstore postgresql redis web-dev tools clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

run: build ## Start the portal with demo data on http://127.0.0.1:8080
	@echo "make run: serving the demo from $(DATA); stop it with Ctrl-C"
	./bin/backlot serve --demo --listen $(LISTEN) --data $(DATA)

build: bin/backlot ## Build the page and the program

bin/backlot: $(GO_FILES) go.mod go.sum web/dist/index.html readapi/openapi.yaml
	@echo "make build: compiling bin/backlot"
	go build -o bin/backlot ./cmd/backlot

web/node_modules: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js 20 or newer"; exit 1; }
	@echo "make build: installing the page's packages from the lock file"
	cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error
	@touch web/node_modules

web/dist/index.html: web/node_modules $(filter-out web/dist/index.html,$(WEB_FILES)) readapi/openapi.yaml
	@echo "make build: building the page"
	cd web && npm run --silent build
	@touch web/dist/index.html

test: tools lint test-go test-web test-e2e ## Install what the tests need and run all of them
	@echo "make test: all passed"

test-go: web/dist/index.html ## Go tests with the race detector
	@echo "make test: Go tests"
	go test -race -timeout 20m ./readapi ./cmd/backlot ./... # the longest first
	go test -run '^(TestScopeTable|TestAttacksOnALargeStore|TestAuditExportStreams|TestHostileFiles.*|TestHostileDocuments.*)$$' ./eventstore/audit ./readapi ./inspection/timedtext ./inspection/imf # not with the race detector

test-web: web/dist/index.html ## Unit tests of the page, and what its build weighs
	@echo "make test: unit tests of the page"
	cd web && npm run --silent lint && npm run --silent test

test-e2e: build ## The real program in a real Chromium
	@echo "make test: the page in Chromium"
	cd web && BACKLOT_BIN=$(abspath bin/backlot) npm run --silent e2e

lint: web/dist/index.html ## gofmt, vet, staticcheck
	@echo "make test: gofmt, vet, staticcheck"
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

conformance: ## The event store's tests against a real one: make conformance ESDB=esdb://...
	@[ -n "$(ESDB)" ] || { echo "make conformance: say which server, for example ESDB='esdb://admin:changeit@127.0.0.1:2113?tls=false'; it keeps the tests' streams"; exit 1; }
	BACKLOT_CONFORMANCE_ESDB='$(ESDB)' go test -count=1 -v ./eventstore/conformance -idle 60s $(CONFORMANCE_FLAGS)

check-slow: tools check-workbook check-probe ## Longer fuzzing and properties, kept out of make test
	RAPID_CHECKS=2000 go test -count=1 -timeout 40m ./domain/... ./readmodel/... ./eventstore ./readapi/facets/...
	go test -count=1 -run 'Conformance/cases/subscribe/survives_being_idle' ./eventstore/conformance -idle 60s
	go test -count=1 -run '^TestEveryFrame$$' ./domain/timecode -whole-day
	./internal/fuzz.sh 60s
	go test -race -v -run '^TestOutage$$' ./eventstore -outage 30s
	go test -v -run '^TestALargeMaterial$$' ./readapi -whole-material
	go test -v -run '^TestCrash$$' -timeout 30m ./eventstore/embedded/internal/engine -crash-points 10000

# LibreOffice takes several hundred megabytes, so nothing but this needs it.
check-workbook: ## LibreOffice reads an exported workbook of 20,000 requests as the API has them
	@command -v soffice >/dev/null || { \
	echo "make check-workbook: installing libreoffice-calc"; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	command -v apt-get >/dev/null || { echo "make: no apt-get here; install by hand: LibreOffice Calc"; exit 1; }; \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null; }
	go test -count=1 -v -tags libreoffice -run '^TestLibreOffice' ./readapi

# ffmpeg takes some 150 megabytes with what it needs.
check-probe: ## The ffprobe of this machine looks at files that ffmpeg makes, good and broken
	@{ command -v ffprobe && command -v ffmpeg; } >/dev/null || { \
	echo "make check-probe: installing ffmpeg"; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	command -v apt-get >/dev/null || { echo "make: no apt-get here; install by hand: ffmpeg"; exit 1; }; \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends ffmpeg >/dev/null; }
	go test -count=1 -v -tags ffprobe -run '^TestFfprobe$$' ./inspection/probe

# PostgreSQL and Redis come from Debian, DuckDB from npm. BENCH takes flags: BENCH='--only questions --sizes 100000'.
bench: bin/backlot postgresql redis internal/bench/duckdb/node_modules ## The portal beside PostgreSQL, DuckDB and Redis bitmaps, with a million requests
	./bin/backlot bench --json bench.json --chart bench.svg $(BENCH)

# The empty page that it is measured beside is in the same run. BENCH='--sizes 100000' takes fewer requests.
bench-page: bin/backlot tools redis ## The page in Chromium over a million requests, beside an empty page
	./bin/backlot bench --only page --sizes 1000000 --json bench-page.json $(BENCH)

bench-go: ## Go benchmarks
	go test -run '^$$' -bench . -benchmem ./commands/... ./eventstore/... ./projections/... ./readapi/...

internal/bench/duckdb/node_modules: internal/bench/duckdb/package.json internal/bench/duckdb/package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js 20 or newer"; exit 1; }
	cd internal/bench/duckdb && npm ci --no-audit --no-fund --loglevel=error
	@touch internal/bench/duckdb/node_modules

# PostgreSQL comes from Debian, Message DB from npm.
bench-eventstore: postgresql eventstore/benchmark/node_modules ## The embedded event store beside PostgreSQL with Message DB
	go run ./eventstore/benchmark -json eventstore/benchmark/figures.json

postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	echo "make bench: installing postgresql"; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	command -v apt-get >/dev/null || { echo "make: no apt-get here; install by hand: postgresql (15 or newer)"; exit 1; }; \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends postgresql >/dev/null; }

redis:
	@command -v redis-server >/dev/null || { \
	echo "make bench: installing redis-server"; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	command -v apt-get >/dev/null || { echo "make: no apt-get here; install by hand: redis-server (7 or newer)"; exit 1; }; \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends redis-server >/dev/null; }

eventstore/benchmark/node_modules: eventstore/benchmark/package.json eventstore/benchmark/package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js 20 or newer"; exit 1; }
	cd eventstore/benchmark && npm ci --no-audit --no-fund --loglevel=error
	@touch eventstore/benchmark/node_modules

web-dev: ## Vite with hot reload against a server that make run started
	cd web && npm run dev

# redis-server and chromium come from Debian; the rest is pinned in go.mod and package-lock.json.
tools: ## Install redis-server, Chromium and gcc where they are missing
	@missing=; command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	[ -x "$(CHROMIUM)" ] || missing="$$missing chromium"; \
	command -v gcc >/dev/null || missing="$$missing gcc libc6-dev"; \
	if [ -z "$$missing" ]; then echo "make test: redis-server, Chromium and gcc are here"; exit 0; fi; \
	echo "make test: installing$$missing"; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	command -v apt-get >/dev/null || { echo "make: no apt-get here; install by hand:$$missing"; exit 1; }; \
	$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null

clean: ## Remove what was built
	rm -rf bin web/dist/assets web/dist/index.html web/node_modules eventstore/conformance/nodeclient/node_modules internal/bench/duckdb/node_modules
