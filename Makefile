# A thin index: each target says what it does. `make` lists them.

CARGO ?= cargo
.DEFAULT_GOAL := help

.PHONY: help demo check lint test matrix golden bench fuzz services services-down docs

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## Build, and show one change of a model from end to end on SQLite
	@$(CARGO) build --quiet --workspace --bin autogen
	@sh fixtures/demo/run.sh

lint: ## Formatting and clippy, warnings denied
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- --deny warnings

check: lint ## What is quick: lint, and the tests that need no server
	$(CARGO) test --workspace --lib --bins --test reading --test tidy --test readers --quiet
	$(CARGO) test --workspace --test cases --quiet -- pure

test: lint ## Everything, on SQLite and private servers that it starts and stops
	@sh tests/run.sh

matrix: ## The live cases on PostgreSQL 12, 13, 17 and 18, which npm fetches
	@sh tests/matrix.sh

golden: ## Write the golden files anew; read them before you commit them
	UPDATE_GOLDEN=1 $(CARGO) test --workspace --test cases -- pure

bench: ## Measure against other tools, side by side in one run
	$(CARGO) build --release --package sea-autogen-cli
	python3 tests/bench/run.py

fuzz: ## Random pairs of schemas, live: N=2000 per database, SEED=1
	AUTOGEN_PROPS=$(or $(N),2000) AUTOGEN_PROPS_SEED=$(or $(SEED),1) \
		$(CARGO) test --workspace --test props -- --nocapture live

services: ## Start the test servers and print their URLs
	@$(CARGO) build --quiet --workspace --bin services
	@"$${CARGO_TARGET_DIR:-target}/debug/services" up

services-down: ## Stop the test servers
	@$(CARGO) build --quiet --workspace --bin services
	@"$${CARGO_TARGET_DIR:-target}/debug/services" down

docs: ## The documentation of the crates
	$(CARGO) doc --workspace --no-deps
