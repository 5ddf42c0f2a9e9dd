# What people type while they work on mplint. `just` alone lists it.

set shell := ["bash", "-euo", "pipefail", "-c"]

_default:
    @just --list --unsorted

# All that CI runs, by the script that CI runs
ready:
    .ci/run

# The tests
test *ARGS:
    cargo test {{ ARGS }}

# Format everything, the rules' files too (they are modules of a generated file, which cargo fmt does not look into)
fmt:
    shopt -s nullglob; cargo fmt; for file in src/rules/mp*.rs; do rustfmt --edition 2024 "$file"; done

# What clippy says of all targets
lint:
    cargo clippy --all-targets -- -D warnings

# The documentation of the code, in target/doc
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items

# Run the examples of all rule pages under every Python that is found, and write docs/evidence.md. Takes a while; what
# was done is kept in target/evidence.jsonl, so that it can be stopped and taken up again.
evidence *ARGS:
    cargo build --release
    target/release/mplint verify --rules --sandbox full --results target/evidence.jsonl \
        --output-format markdown --output-file docs/evidence.md {{ ARGS }}

# Licences, doubled crates and their sources (needs cargo-deny; not part of CI)
audit:
    cargo deny check licenses bans sources

# Time mplint, ripgrep and ruff in turn over TREE, or over two trees made from pinned PyPI packages
bench *TREE:
    python3 benches/compare.py {{ TREE }}

# Lint every Python file under TREE, or Python's own standard library, and look for panics and wrong syntax errors
crater TREE='':
    MPLINT_CRATER_TREE={{ quote(TREE) }} cargo test --release --test crater -- --nocapture

# Both pre-commit hooks on a scratch repository, and `pip install .` (needs PyPI; not part of CI)
pre-commit:
    python3 tests/pre_commit.py
