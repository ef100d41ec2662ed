# The commands of daily life, from a clean clone on: each installs what it needs, once. HACKING.md has the rest.
.DEFAULT_GOAL := help
.PHONY: help demo test wheel docs notebooks notebook-test findings bench bench-check clean

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# plotly.js to embed in the interactive pages; empty where it cannot be had, and the pages load it instead.
# CONFIGURE: more flags for CMake, as in `make test CONFIGURE=-DSUPERPOSE_WERROR=ON`. A unity build compiles several sources
# of a room as one, in less than half the time; whoever edits a source may prefer CONFIGURE=-DCMAKE_UNITY_BUILD=OFF.
configure = SUPERPOSE_PLOTLY_JS="$$(scripts/fetch-plotly)" cmake --preset release -DCMAKE_UNITY_BUILD=ON $(1) $(CONFIGURE) >build/configure.log \
	|| { cat build/configure.log >&2; exit 1; }

# The Python package, in build/release/python.
package = mkdir -p build; python=$$(scripts/python-env); [[ -n $$python ]]; \
	$(call configure,-DSUPERPOSE_BUILD_PYTHON=ON -DPython_EXECUTABLE=$$python); \
	cmake --build build/release --target superpose_python_stub

# A Python with Jupyter that has the package.
jupyter_python = python=$$(scripts/python-env notebook); [[ -n $$python ]]; PYTHONPATH=$(CURDIR)/build/release/python $$python

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):  *## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

demo:  ## build the command, train the paper's introductory experiment, draw it
	@scripts/install-dependencies build
	@mkdir -p build
	@$(call configure)
	@cmake --build build/release --target superpose_cli
	build/release/superpose paper intro --out runs/intro
	@printf '\nThe figures:\n'; ls -d runs/intro/figures/*

test:  ## build everything and run every suite
	@scripts/install-dependencies build python test
	@mkdir -p build
	@python=$$(scripts/python-env); \
	$(call configure,-DSUPERPOSE_BUILD_PYTHON=$${python:+ON} -DPython_EXECUTABLE=$$python)
	@cmake --build build/release
	@ctest --preset release || { echo; echo 'What failed, once more:'; ctest --preset release --rerun-failed; exit 1; }
	@scripts/python-env 2>&1 >/dev/null | tail -1 | sed 's/^/the Python suite did not run: /' >build/python-suite.log; \
	if [[ -s build/python-suite.log ]]; then cat build/python-suite.log; [[ $${CI:-} != true ]]; fi

# SUPERPOSE_PYTHON: the interpreter that the wheel is for, unless Debian's.
wheel:  ## build the Python package and test it in an empty environment
	@scripts/install-dependencies build python
	@scripts/build-wheel

docs:  ## make the reference pages of the Python package and of the C++ library
	@scripts/install-dependencies build python docs
	@$(package); \
	PYTHONPATH=build/release/python $$python -m pdoc --docformat google --output-directory build/docs/python superpose
	doxygen build/release/Doxyfile
	@printf '%s\n' "The references: build/docs/python/index.html, build/docs/cpp/index.html"

notebooks:  ## run the notebooks of examples/ and store what they show
	@scripts/install-dependencies build python notebook
	@$(package)
	@$(jupyter_python) scripts/store-notebooks

notebook-test:  ## test notebooks' pages in a browser
	@scripts/install-dependencies build python notebook
	@$(package)
	@$(jupyter_python) -m pytest python/tests/browser --basetemp build/notebook-test

findings:  ## measure every claim of the paper; fail where docs/findings.md says something else
	@scripts/install-dependencies build
	@mkdir -p build
	@$(call configure)
	@cmake --build build/release --target superpose_cli
	build/release/superpose paper all --out build/findings --quiet
	@scripts/findings build/findings

# BENCH: flags of bench/run.py, as in `make bench BENCH="--runs 5 --only steps"`.
bench:  ## time the same training in Superpose, PyTorch and JAX, beside the machine's limit
	@scripts/install-dependencies build bench
	@mkdir -p build
	@$(call configure,-DSUPERPOSE_BUILD_BENCH=ON)
	@cmake --build build/release --target superpose_cli step_bench roof_bench
	@jax=$$(scripts/fetch-jax); /usr/bin/python3 bench/run.py build/release $${jax:+--jax "$$jax"} $(BENCH)

# BASE: what to compare with, origin/main or main unless given. CHECK: flags of bench/check.py.
bench-check:  ## time this tree against the main branch, built beside it
	@scripts/install-dependencies build bench
	@mkdir -p build
	@$(call configure,-DSUPERPOSE_BUILD_BENCH=ON)
	@cmake --build build/release --target step_bench
	@/usr/bin/python3 bench/check.py build/release $(if $(BASE),--base "$(BASE)") $(CHECK)

clean:  ## remove what was built; runs/ stays
	rm -rf build
