# Only cargo and make are needed. `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help demo test prove check golden readme bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: ## the main job on an embedded, simulated deployment
	@cargo run --release --quiet -p cli -- demo

test: ## every test
	cargo test --workspace $(ARGS)

prove: ## every state of the small world, fault of the seed and fact of the scenarios, where the tests ask about a part; an hour and a half on two cores
	CSTOPO_PROVE=all cargo test --release -p planner --test small_world -- --nocapture
	CSTOPO_PROVE=all cargo test --release -p rehearsal -- --nocapture
	CSTOPO_PROVE=all cargo test --release -p cli --test every_scenario -- --nocapture

check: ## format, lints, documentation; warnings are errors
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --workspace

golden: ## write golden files, schemas, the code map and the demo in README.md anew; look at the diff afterwards
	CSTOPO_BLESS=1 cargo test -p cli --test scenarios
	CSTOPO_BLESS=1 cargo test --workspace --no-fail-fast

readme: ## write the demo in README.md anew
	CSTOPO_BLESS=1 cargo test -p cli --test pages -- readme

bench: ## reading a document; planning for 10 to 10,000 pools, and from files; verifying and rehearsing the seed
	cargo bench -p topology --bench read
	cargo bench -p planner --bench estate
	cargo bench -p rehearsal --bench seed
	cargo bench -p cli --bench files
	@cargo build --release --quiet -p cli
	@scripts/bench-plan.sh

clean: ## what was built, and what runs wrote here
	cargo clean
	rm -rf .cstopo
