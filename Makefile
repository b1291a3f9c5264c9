# Everything a newcomer needs; each target does its own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup demo test run bench crash sdk console console-dev deb package-test

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

setup: ## install what is missing (ffmpeg, espeak-ng, fonts, PostgreSQL for the tests)
	@scripts/setup demo test

demo: ## make a film from a story through the public API; ends with the path of the mp4
	@scripts/setup demo
	@cargo run --locked -p gongfang -- demo

test: ## formatting, lints and every test, on SQLite and PostgreSQL
	@scripts/setup demo test
	@scripts/test

run: ## run the server in development on 127.0.0.1:8000
	@scripts/setup demo
	@scripts/console
	@cargo run --locked -p gongfang -- serve

console: ## build the console's pages, which the next build of the binary takes in
	@scripts/setup console
	@GONGFANG_CONSOLE=required scripts/console

console-dev: ## serve the console's pages from their sources, before a server that runs (GONGFANG_URL)
	@scripts/setup console
	@cd console && ../scripts/node npm run dev

bench: ## measure, side by side with what one would pick instead; prints a table
	@scripts/setup demo test
	@FSYNC=on scripts/with-postgres cargo bench --locked -p gongfang

sdk: ## build the libraries for programs: a .tgz for TypeScript and a wheel for Python, in target/sdk
	@scripts/setup test
	@scripts/sdk

crash: ## kill the server a thousand times under load, pay ten thousand orders ten times each, and prove that nothing was lost
	@scripts/setup demo test
	@CRASH_CYCLES=1000 cargo test --release --locked -p gongfang --test crash -- --nocapture
	@GONGFANG_TEST_ORDERS=10000 cargo test --release --locked -p gongfang --test payment n_orders -- --nocapture

deb: ## build the Debian package, with its unit, manual page and completions; needs cargo-deb
	@scripts/deb

package-test: ## build the Debian package, install it in a fresh system in a folder, start it there and ask it; needs root, debootstrap and cargo-deb
	@scripts/package-test
