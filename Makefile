# Nestor: build, try, test, install.
#
#   make            build every program into bin/
#   make demo       servers, DNS updates, an agent and real clients in two network namespaces
#   make test       all tests (fetches the peers they meet into .cache/ first);
#                   NESTOR_ARM=dir adds the examples of Kea's manual from its text
#   make bench      measure beside Debian's Kea
#   make install    DESTDIR=… PREFIX=… COMPAT=kea

PREFIX      ?= /usr/local
SYSCONFDIR  ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
STATEDIR    ?= $(if $(filter /usr,$(PREFIX)),/var,$(PREFIX)/var)
RUNDIR      ?= $(if $(filter /usr,$(PREFIX)),/run,$(STATEDIR)/run)
LIBDIR      ?= $(PREFIX)/lib
UNITDIR     ?= $(PREFIX)/lib/systemd/system
COMPAT      ?=
INIT        ?= systemd

GO          ?= go
VERSION     ?= $(shell git describe --tags 2>/dev/null | sed 's/^v//')
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
DAEMON       = nestor/lib/daemon
LDFLAGS      = -s -w $(if $(VERSION),-X $(DAEMON).OwnVersion=$(VERSION)) \
	-X $(DAEMON).Prefix=$(PREFIX) -X $(DAEMON).SysconfDir=$(SYSCONFDIR) \
	-X $(DAEMON).LocalStateDir=$(STATEDIR) -X $(DAEMON).RunStateDir=$(RUNDIR) \
	-X $(DAEMON).LibDir=$(LIBDIR)

SOURCES      = $(wildcard cmd daemons hooks lib schema tests)

# The text of Kea's manual, where it lies beside the checkout.
export NESTOR_ARM ?= $(abspath $(wildcard ../shared/spec/arm))

# Packages that start real servers and clients run beside each other badly on
# small machines; two at a time keeps timeouts honest.
TESTFLAGS   ?= -p 2 -timeout 15m

.PHONY: all build test race lint conformance bench demo torture test-deps install clean

all: build

build:
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -buildvcs=false -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

test-deps:
	scripts/test-deps

test: test-deps
	$(GO) test $(TESTFLAGS) ./...

race: test-deps
	$(GO) test -race $(TESTFLAGS) ./lib/... ./daemons/...

lint:
	@unformatted=$$(gofmt -l $(SOURCES)); \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

conformance:
	$(GO) run ./tests/conformance

bench: build test-deps
	$(GO) run ./tests/bench $(BENCHFLAGS)

demo:
	scripts/demo

# Servers of both families are killed under load again and again; every lease that they have
# acknowledged must be there after.
torture:
	NESTOR_TORTURE_ROUNDS=$(or $(ROUNDS),100) $(GO) test -count=1 -v -timeout 60m ./tests/torture

install: build
	scripts/install --destdir '$(DESTDIR)' --prefix '$(PREFIX)' --sysconfdir '$(SYSCONFDIR)' \
		--statedir '$(STATEDIR)' --rundir '$(RUNDIR)' --libdir '$(LIBDIR)' \
		--unitdir '$(UNITDIR)' --version '$(VERSION)' --compat '$(COMPAT)' --init '$(INIT)'

clean:
	rm -rf bin
