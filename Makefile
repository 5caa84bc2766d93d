# `make demo` and `make test` set up all they need in .venv; compilers that pip does not have come from Debian (tools/install-compilers).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-unit test-vllm lint setup setup-test clean

demo: setup
	@mkdir -p build/demo
	@for file in examples/*.c; do \
		echo; echo "$$ transpile $$file --to rust -o build/demo/$$(basename $${file%.c}).rs"; \
		$(BIN)/transpile $$file --to rust -o build/demo/$$(basename $${file%.c}).rs || [ $$? -eq 1 ] || exit 2; \
	done
	@echo; echo "The translations are in build/demo/."

test: setup-test lint
	$(BIN)/python -m pytest

test-unit: setup-test
	$(BIN)/python -m pytest tests/unit

# vLLM has an environment of its own: it pins half of Python's packages.
test-vllm: .venv-vllm/.installed
	.venv-vllm/bin/python -m pytest tests/vllm

lint: setup-test
	$(BIN)/ruff check .

setup: .venv/.installed
setup-test: .venv/.installed-test

.venv/.installed: pyproject.toml tools/install-compilers
	tools/install-compilers
	[ -d .venv ] || $(PYTHON) -m venv .venv || { echo "hint: on Debian, as root: apt-get install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# torch by exact version first: an open range would bring the newest build and gigabytes of CUDA with it.
.venv/.installed-test: .venv/.installed
	tools/install-compilers --tests
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[train,serve,test]'
	$(BIN)/python -m transpile.corpus.assemblyscript.install
	touch $@

.venv-vllm/.installed: pyproject.toml tools/install-compilers tools/install-vllm
	tools/install-compilers
	PYTHON=$(PYTHON) tools/install-vllm
	touch $@

clean:
	rm -rf .venv .venv-vllm build
