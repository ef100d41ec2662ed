"""The superpose command as its users meet it: exit statuses, messages, files, interruptions.

Run by ctest, or by hand: SUPERPOSE=build/release/superpose python3 tests/cli/test_cli.py
"""

import csv
import functools
import io
import json
import os
import pathlib
import pty
import re
import resource
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

SUPERPOSE = os.path.abspath(os.environ.get("SUPERPOSE", "build/release/superpose"))

SMALL = """name = "small"
[model]
n_features = 5
n_hidden = 2
n_instances = 3
[data]
feature_probability = { geometric = [1.0, 0.1] }
importance = { power = 0.9 }
[train]
steps = 60
batch_size = 64
[record]
every = 10
"""


def read_safetensors(path):
    """{name: (dtype, shape, values)}, values of F32 and I64 tensors as a flat tuple."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, tensor in header.items():
        begin, end = tensor["data_offsets"]
        raw = data[8 + length + begin : 8 + length + end]
        kind = {"F32": "f", "I64": "q"}[tensor["dtype"]]
        values = struct.unpack(f"<{len(raw) // struct.calcsize(kind)}{kind}", raw)
        tensors[name] = (tensor["dtype"], tensor["shape"], values)
    return tensors


class Case(unittest.TestCase):
    """A test in a directory of its own, with small.toml in it."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="superpose-cli-")
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        (self.dir / "small.toml").write_text(SMALL)

    def run_cli(self, *arguments, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120} | options
        return subprocess.run([SUPERPOSE, *map(str, arguments)], cwd=self.dir, text=True, **options)

    def done(self, *arguments, **options):
        result = self.run_cli(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def refused(self, message, *arguments):
        """The request is wrong: status 2, the message on one line, nothing written."""
        before = sorted(self.dir.rglob("*"))
        result = self.run_cli(*arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"\Asuperpose: [^\n]*\n\Z")
        self.assertIn(message, result.stderr)
        self.assertEqual(sorted(self.dir.rglob("*")), before)

    def begun(self, file, *arguments):
        """A run of the file into out/, which has begun to write there."""
        run = subprocess.Popen([SUPERPOSE, "run", file, "--out", "out", *arguments], cwd=self.dir,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        while not (self.dir / "out/experiment.toml").exists():
            time.sleep(0.01)
        return run

    def bytes_of(self, *parts):
        return self.dir.joinpath(*parts).read_bytes()


class Help(Case):
    def test_version(self):
        self.assertRegex(self.done("--version"), r"\Asuperpose \d+\.\d+\.\d+\n\Z")

    def test_version_in_detail(self):
        lines = self.done("--version", "--verbose").splitlines()
        self.assertEqual([line.split(":")[0] for line in lines[1:]],
                         ["instruction set", "threads", "memory limit", "compiler"])  # fmt: skip
        self.assertRegex(lines[4], r"compiler: (GCC|Clang) \d+")
        self.refused("--verbose requires --version", "--verbose")

    def test_help_everywhere(self):
        self.assertIn("run", self.done("--help"))
        flags = [("run", "--resume"), ("run", "--overwrite"), ("paper", "--list"), ("paper", "--overwrite"),
                 ("figure", "--out"), ("metrics", "--csv")]  # fmt: skip
        for command, flag in flags:
            self.assertIn(flag, self.done(command, "--help"))

    def test_no_command_is_a_wrong_request(self):
        result = self.run_cli()
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("metrics", result.stderr)


class Run(Case):
    def test_writes_a_run_directory(self):
        summary = self.done("run", "small.toml", "--out", "a/b")
        self.assertIn("small: 3 instances of 5 features in 2 dimensions, 60 steps", summary)
        self.assertIn("a/b", summary)
        model = read_safetensors(self.dir / "a/b/model.safetensors")
        shapes = {name: (dtype, shape) for name, (dtype, shape, _) in model.items()}
        self.assertEqual(
            shapes,
            {
                "W": ("F32", [3, 5, 2]),
                "b_final": ("F32", [3, 5]),
                "feature_probability": ("F32", [3, 5]),
                "importance": ("F32", [3, 5]),
                "loss": ("F32", [3]),
            },
        )
        history = read_safetensors(self.dir / "a/b/history.safetensors")
        self.assertEqual(history["step"], ("I64", [7], (0, 10, 20, 30, 40, 50, 59)))
        self.assertEqual(history["lr"][:2], ("F32", [7]))
        self.assertEqual(history["loss"][:2], ("F32", [7, 3]))
        # Nothing temporary stays behind.
        self.assertLessEqual(
            {path.name for path in (self.dir / "a/b").iterdir()},
            {"experiment.toml", "model.safetensors", "history.safetensors", "checkpoint.safetensors", "figures"},
        )

    def test_set_changes_the_experiment_and_the_last_one_wins(self):
        self.done("run", "small.toml", "--out", "a", "--set", "train.steps=5", "--set", "steps=7",
                  "--set", "importance=[1, 2, 3, 4, 5]", "--set", "name=my run")  # fmt: skip
        toml = (self.dir / "a/experiment.toml").read_text()
        self.assertIn('name = "my run"', toml)
        self.assertIn("steps = 7\n", toml)
        self.assertIn("importance = [1.0, 2.0, 3.0, 4.0, 5.0]", toml)

    def test_more_memory_than_ulimit_leaves_is_refused(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, resource.RLIM_INFINITY))

        if self.run_cli("--version", preexec_fn=limited).returncode != 0:
            self.skipTest("expected a program that starts within 2 GiB: one with AddressSanitizer does not")
        size = ("--set", "model.n_instances=1000", "--set", "train.restarts=4000", "--set", "data.importance=1")
        result = self.run_cli("run", "small.toml", "--out", "o", *size, preexec_fn=limited)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("an experiment that fits in the 2 GiB of memory that this process may use", result.stderr)

    def test_a_key_too_deep_for_the_stack_is_refused(self):
        (self.dir / "deep.toml").write_text("a." * 32000 + "b = 1")
        self.refused("deep.toml:1:200: expected tables and arrays nested at most 100 deep", "run", "deep.toml", "--out", "o")
        value = "{ " + "a." * 32000 + "b = 1 }"
        self.refused("nested at most 100 deep", "run", "small.toml", "--out", "o", "--set", f"data.importance={value}")

    def test_same_bits_for_any_number_of_threads_and_from_its_own_experiment_toml(self):
        for threads in (1, 2, 3):
            self.done("run", "small.toml", "--out", f"t{threads}", "--threads", threads, "--set", "restarts=2")
        self.done("run", "t1/experiment.toml", "--out", "again")
        for name in ("model.safetensors", "history.safetensors", "experiment.toml"):
            for other in ("t2", "t3", "again"):
                self.assertEqual(self.bytes_of("t1", name), self.bytes_of(other, name), f"{name} of {other}")
        self.done("run", "small.toml", "--out", "seed", "--set", "seed=1")
        self.assertNotEqual(self.bytes_of("seed", "model.safetensors"), self.bytes_of("t1", "model.safetensors"))

    def test_quiet_says_nothing(self):
        result = self.run_cli("run", "small.toml", "--out", "a", "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_long_summaries_are_cut(self):
        out = self.done("run", "small.toml", "--out", "a", "--set", "n_instances=25", "--set", "steps=1")
        self.assertIn("... and 5 more", out)

    def test_resume_of_a_whole_run_does_nothing(self):
        self.done("run", "small.toml", "--out", "a")
        before = (self.dir / "a/model.safetensors").stat().st_mtime_ns
        self.assertIn("done before", self.done("run", "small.toml", "--out", "a", "--resume"))
        self.assertEqual((self.dir / "a/model.safetensors").stat().st_mtime_ns, before)

    def test_overwrite_replaces_results_of_another_kind(self):
        self.done("run", "small.toml", "--out", "a")
        run = {path.name for path in (self.dir / "a").iterdir()}
        (self.dir / "sweep.toml").write_text(SMALL + "\n[sweep]\ngrid = { lr = [1e-3, 1e-2] }\n")
        self.refused("got a run's; replace what is there with --overwrite", "run", "sweep.toml", "--out", "a")
        (self.dir / "a/notes.txt").write_text("mine")
        self.done("run", "sweep.toml", "--out", "a", "--overwrite")
        self.assertEqual({path.name for path in (self.dir / "a").iterdir()},
                         {"experiment.toml", "notes.txt", "runs", "sweep.json"})  # fmt: skip
        self.done("run", "small.toml", "--out", "a", "--overwrite")
        self.assertEqual({path.name for path in (self.dir / "a").iterdir()}, run | {"notes.txt"})
        self.refused("--overwrite", "run", "small.toml", "--out", "a", "--overwrite", "--resume")

    def test_losses_that_are_not_finite_are_named_and_written(self):
        result = self.run_cli("run", "small.toml", "--out", "a", "--set", "optimizer=sgd", "--set", "lr=1e30")
        self.assertEqual(result.returncode, 1)
        self.assertIn("a: the loss of 3 of 3 instances is not finite: 0, 1, 2\n", result.stderr)
        self.assertEqual(json.loads(self.done("metrics", "a", "--json"))["loss"], [None] * 3)

    def test_a_write_that_fails_is_status_1_and_leaves_nothing_half_written(self):
        def no_large_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        result = self.run_cli("run", "small.toml", "--out", "a", "--set", "n_features=400",
                              "--set", "steps=1", preexec_fn=no_large_files, restore_signals=False)  # fmt: skip
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, r"\A(superpose: [^\n]*a/[^\n]*\n)+\Z")
        left = {path.name for path in (self.dir / "a").iterdir()}  # whole files only, and not the last one
        self.assertLessEqual(left, {"experiment.toml", "history.safetensors"})

    def test_standard_output_that_is_full_is_status_1(self):
        with open("/dev/full", "w") as full:
            result = self.run_cli("run", "small.toml", "--out", "a", stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)


class WrongRequests(Case):
    def test_arguments(self):
        self.refused("unknown command", "train", "small.toml")
        self.refused("--out is required", "run", "small.toml")
        self.refused("EXPERIMENT.toml is required", "run", "--out", "a")
        self.refused("unknown option `--colour` (see `superpose run --help`)",
                     "run", "small.toml", "--out", "a", "--colour")  # fmt: skip
        self.refused("unknown option `--stes`; did you mean `--set`? (see",
                     "run", "small.toml", "--out", "a", "--stes", "3")  # fmt: skip
        self.refused("unknown option `--thread`; did you mean `--threads`?", "run", "small.toml", "--thread=3")
        self.refused("unknown option `--steps`; did you mean `--set steps=VALUE`?",
                     "run", "small.toml", "--out", "a", "--steps", "3")  # fmt: skip
        self.refused("unknown option `--otu`; did you mean `--out`?", "figure", "intro", "a", "--otu", "f.svg")
        self.refused("unknown option `--steps` (see `superpose metrics --help`)", "metrics", "a", "--steps", "3")
        self.refused("unknown option `--verison`; did you mean `--version`? (see `superpose --help`)", "--verison")
        self.refused("unknown option `--quiet`", "--quiet", "run", "small.toml", "--out", "a")
        self.refused("unexpected argument `--colour`", "run", "--out", "a", "--", "small.toml", "--colour")
        self.refused("unexpected argument `extra` (see", "run", "small.toml", "extra", "--out", "a")
        self.refused("did you mean --out extra?", "run", "small.toml", "extra")
        self.refused("did you mean --out f.svg?", "figure", "intro", "a", "f.svg")
        self.refused("unexpected argument `extra`",
                     "run", "small.toml", "--out", "a", "--set", "steps=1", "extra", "more")  # fmt: skip
        self.refused("--set", "run", "small.toml", "--out", "a", "--set")
        for threads in ("0", "-1", "4097", "1.5", "two", "99999999999"):
            self.refused(f"--threads: expected a whole number from 1 to 4096, got {threads}",
                         "run", "small.toml", "--out", "a", "--threads", threads)  # fmt: skip

    def test_experiments(self):
        self.refused("nowhere.toml", "run", "nowhere.toml", "--out", "a")
        self.refused('superpose: "": no such file\n', "run", "", "--out", "a")
        self.refused('superpose: "": no such directory\n', "metrics", "")
        self.refused(str(self.dir), "run", self.dir, "--out", "a")
        self.refused('--set train.steps=abc: [train] steps: expected a whole number above 0, got "abc"',
                     "run", "small.toml", "--out", "a", "--set", "train.steps=abc")  # fmt: skip
        self.refused("did you mean `steps`?", "run", "small.toml", "--out", "a", "--set", "step=1")
        self.refused("--set steps: expected KEY=VALUE", "run", "small.toml", "--out", "a", "--set", "steps")
        self.refused("--set =3: expected KEY=VALUE", "run", "small.toml", "--out", "a", "--set", "=3")
        self.refused("--set n_instances=2000000000: ",
                     "run", "small.toml", "--out", "a", "--set", "n_instances=2000000000")  # fmt: skip
        (self.dir / "broken.toml").write_text("[model]\nn_features = 5\nn_hidden = zero\n")
        self.refused("broken.toml:3:", "run", "broken.toml", "--out", "a")
        (self.dir / "wrong.toml").write_text(SMALL.replace("n_hidden = 2", "n_hidden = 0"))
        self.refused("wrong.toml:4:12: [model] n_hidden: expected a whole number above 0, got 0",
                     "run", "wrong.toml", "--out", "a")  # fmt: skip

    def test_output_directories(self):
        self.refused("small.toml", "run", "small.toml", "--out", "small.toml")
        self.refused("small.toml", "run", "small.toml", "--out", "small.toml/below")
        self.refused("", "run", "small.toml", "--out", "")

    def test_resuming_another_experiment(self):
        self.done("run", "small.toml", "--out", "a")
        self.refused("a", "run", "small.toml", "--out", "a", "--resume", "--set", "seed=1")

    def test_nothing_is_thrown_away_unasked(self):
        self.done("run", "small.toml", "--out", "a")
        whole = self.bytes_of("a", "model.safetensors")
        self.assertIn("done before (--overwrite starts over)", self.done("run", "small.toml", "--out", "a"))
        self.refused("a: expected an empty directory or a run with `seed = 1`, got one with `seed = 0`; replace what is "
                     "there with --overwrite", "run", "small.toml", "--out", "a", "--set", "seed=1")  # fmt: skip
        (self.dir / "a/model.safetensors").unlink()
        self.refused("a: the run there is not finished; go on with it with --resume, or start over with --overwrite",
                     "run", "small.toml", "--out", "a")  # fmt: skip
        self.done("run", "small.toml", "--out", "a", "--resume")
        self.assertEqual(self.bytes_of("a", "model.safetensors"), whole)

    def test_a_finished_run_is_made_longer(self):
        self.done("run", "small.toml", "--out", "a")
        self.done("run", "a/experiment.toml", "--out", "a", "--resume", "--set", "steps=95")
        self.done("run", "small.toml", "--out", "b", "--set", "steps=95")
        for name in ("experiment.toml", "model.safetensors", "history.safetensors"):
            self.assertEqual(self.bytes_of("a", name), self.bytes_of("b", name), name)
        self.refused("expected a run to resume with `steps = 60`, got one with `steps = 95`",
                     "run", "small.toml", "--out", "a", "--resume")  # fmt: skip
        self.done("run", "small.toml", "--out", "c", "--set", "schedule=linear")
        self.refused("expected a constant schedule", "run", "c/experiment.toml", "--out", "c", "--resume",
                     "--set", "steps=95")  # fmt: skip

    def test_run_directories(self):
        (self.dir / "empty").mkdir()
        for directory in ("nowhere", "empty", "small.toml"):
            self.refused(directory, "metrics", directory)
            self.refused(directory, "figure", "intro", directory, "--out", "f.svg")
        self.done("run", "small.toml", "--out", "a")
        model = self.dir / "a/model.safetensors"
        whole = model.read_bytes()
        for broken in (b"", whole[:7], whole[:100], whole[:-1], b"\xff" * 8 + whole[8:]):
            model.write_bytes(broken)
            self.refused("model.safetensors", "metrics", "a")

    def test_an_experiment_written_by_hand_is_not_replaced(self):
        own = self.dir / "own"
        own.mkdir()
        written = "# my notes\n" + (self.dir / "small.toml").read_text()
        (own / "experiment.toml").write_text(written)
        self.refused("that no run wrote", "run", "own/experiment.toml", "--out", "own")
        self.refused("that no run wrote", "run", "own/experiment.toml", "--out", "own", "--overwrite")
        self.assertEqual((own / "experiment.toml").read_text(), written)

    def test_messages_stay_on_one_line(self):
        self.refused("no?file", "run", "no\nfile", "--out", "a")

    def test_figures(self):
        self.done("run", "small.toml", "--out", "a")
        self.refused("intro", "figure", "portrait", "a", "--out", "f.svg")
        for out in ("f.gif", "f", "svg", ""):
            self.refused("svg", "figure", "intro", "a", "--out", out)
        self.refused("small.toml", "figure", "intro", "a", "--out", "small.toml/f.svg")
        (self.dir / "d.svg").mkdir()
        self.refused("d.svg: expected a file, got a directory", "figure", "intro", "a", "--out", "d.svg")

    def test_papers(self):
        result = self.run_cli("paper")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("intro", result.stderr)
        self.refused('got "intr"; did you mean `intro`?', "paper", "intr", "--out", "a")
        self.refused("paper: expected --out DIR (see `superpose paper --help`)", "paper", "intro")
        self.refused("--set Quick=true: unknown key `Quick`; did you mean `quick`?",
                     "paper", "intro", "--out", "a", "--set", "Quick=true")  # fmt: skip
        self.refused("--set steps=0", "paper", "intro", "--out", "a", "--set", "steps=0")
        self.refused("n_hidden = 2", "paper", "intro", "--out", "a", "--set", "n_hidden=3")  # nothing to draw
        self.refused("--threads", "paper", "intro", "--out", "a", "--threads", "0")
        (self.dir / "sweep.toml").write_text(SMALL + "\n[sweep]\ngrid = { lr = [1e-3, 1e-2] }\n")
        self.done("run", "sweep.toml", "--out", "s")
        self.refused("replace what is there with --overwrite",
                     "paper", "intro", "--out", "s", "--set", "quick=true")  # fmt: skip
        self.refused("--list", "paper", "intro", "--list", "--out", "a")


class Measure(Case):
    def setUp(self):
        super().setUp()
        self.done("run", "small.toml", "--out", "a")

    def test_json_is_one_object_of_the_promised_shape(self):
        metrics = json.loads(self.done("metrics", "a", "--json"))
        features = ["norms", "polysemanticity", "net_interference", "dimensionality"]
        tradeoff = ["feature_benefit", "interference_loss"]
        self.assertEqual(list(metrics), features + ["dimensions_per_feature", "capacity", "loss"] + tradeoff)
        for name in features + tradeoff:
            self.assertEqual([len(row) for row in metrics[name]], [5, 5, 5], name)
        for name in ("dimensions_per_feature", "capacity", "loss"):
            self.assertEqual(len(metrics[name]), 3, name)
        for capacity, row in zip(metrics["capacity"], metrics["dimensionality"]):
            self.assertAlmostEqual(capacity, sum(row))
        model = read_safetensors(self.dir / "a/model.safetensors")
        W = model["W"][2]
        for i in range(3):
            for f in range(5):
                x, y = W[(i * 5 + f) * 2 : (i * 5 + f) * 2 + 2]
                self.assertAlmostEqual(metrics["norms"][i][f], (x * x + y * y) ** 0.5, places=6)
        for measured, stored in zip(metrics["loss"], model["loss"][2]):
            self.assertAlmostEqual(measured, stored, places=7)
        self.assertGreater(metrics["feature_benefit"][0][0], 0)
        self.done("run", "small.toml", "--out", "a", "--set", "data.values=signed", "--overwrite")
        self.assertNotIn("feature_benefit", json.loads(self.done("metrics", "a", "--json")))  # no closed form

    def test_table_has_a_row_an_instance(self):
        lines = self.done("metrics", "a").splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual([line.split()[0] for line in lines], ["instance", "0", "1", "2"])

    def test_csv_has_a_line_an_instance(self):
        metrics = json.loads(self.done("metrics", "a", "--json"))
        lines = list(csv.DictReader(io.StringIO(self.done("metrics", "a", "--csv"))))
        names = ["loss", "dimensions_per_feature", "capacity"]
        self.assertEqual(list(lines[0]), ["instance", "feature_probability", *names, "represented", "outcome"])
        self.assertEqual([line["instance"] for line in lines], ["0", "1", "2"])
        for name in names:
            self.assertEqual([float(line[name]) for line in lines], metrics[name], name)
        represented = [str(sum(norm > 0.5 for norm in row)) for row in metrics["norms"]]
        self.assertEqual([line["represented"] for line in lines], represented)
        self.refused("--csv", "metrics", "a", "--json", "--csv")
        self.refused("--restarts requires --csv", "metrics", "a", "--restarts")
        self.refused("--features", "metrics", "a", "--csv", "--features", "--restarts")

    def test_csv_has_a_line_a_feature_where_asked(self):
        metrics = json.loads(self.done("metrics", "a", "--json"))
        lines = list(csv.DictReader(io.StringIO(self.done("metrics", "a", "--csv", "--features"))))
        self.assertEqual(list(lines[0]), ["instance", "feature", *metrics])
        self.assertEqual([(line["instance"], line["feature"]) for line in lines],
                         [(str(i), str(f)) for i in range(3) for f in range(5)])  # fmt: skip
        for line in lines:
            i, f = int(line["instance"]), int(line["feature"])
            for name, values in metrics.items():
                expected = values[i][f] if isinstance(values[i], list) else values[i]
                self.assertEqual(float(line[name]), expected, name)

    def test_what_is_not_finite_says_so_in_every_table(self):
        for restarts in ((), ("restarts=2",), ("restarts=2", "all_restarts=true")):
            sets = [part for setting in (*restarts, "optimizer=sgd", "lr=1e30") for part in ("--set", setting)]
            self.run_cli("run", "small.toml", "--out", "b", "--overwrite", *sets)
            table = self.done("metrics", "b")
            self.assertIn("not finite", table)
            self.assertNotRegex(table, r"\b(nan|inf)\b")
            for line in table.splitlines()[1:4]:
                self.assertEqual(line.count("not finite"), 4, line)  # all but the instance and its probability
        lines = list(csv.DictReader(io.StringIO(self.done("metrics", "b", "--csv"))))
        self.assertTrue(all(line["loss"] in ("inf", "nan") for line in lines))
        self.assertEqual([(line["represented"], line["outcome"]) for line in lines], [("", "not finite")] * 3)

    def test_a_model_copied_alone_is_measured_and_drawn(self):
        (self.dir / "home").mkdir()
        for name in ("experiment.toml", "model.safetensors"):
            shutil.copy(self.dir / "a" / name, self.dir / "home")
        self.assertEqual(self.done("metrics", "home", "--json"), self.done("metrics", "a", "--json"))
        for kind in ("intro", "features"):
            self.done("figure", kind, "home", "--out", f"{kind}.svg")

    def test_figures_in_every_format(self):
        starts = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG", "html": b"<!DOCTYPE html>"}
        for suffix, start in starts.items():
            self.done("figure", "intro", "a", "--out", f"made/f.{suffix}")
            self.assertEqual(self.bytes_of("made", f"f.{suffix}")[: len(start)].lower(), start.lower())
        self.done("figure", "features", "a", "--out", "f.svg")
        self.assertEqual(sorted(path.name for path in (self.dir / "made").iterdir()),
                         ["f.html", "f.pdf", "f.png", "f.svg"])  # fmt: skip


class Names(Case):
    def test_control_characters_never_reach_a_terminal(self):
        self.done("run", "small.toml", "--out", "plain")  # the directory that is renamed below
        result = self.run_cli("run", "small.toml", "--out", "red\x1b[31m", "--set", 'name="\\u001b[2J\\u009b1m"')
        self.assertEqual(result.returncode, 0, result.stderr)
        for text in (result.stdout, result.stderr, self.run_cli("metrics", "no\x1b[31m").stderr):
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")
        self.assertIn("written to red?[31m", result.stdout)


class Figures(Case):
    def test_several_runs_side_by_side(self):
        (self.dir / "a.toml").write_text(SMALL)
        self.done("run", "a.toml", "--out", "linear", "--set", "kind=linear")
        self.done("run", "a.toml", "--out", "a")
        sizes = []
        for runs in (["a"], ["linear", "a"]):
            self.done("figure", "features", *runs, "--out", "f.svg")
            sizes.append(len((self.dir / "f.svg").read_text()))
        self.assertGreater(sizes[1], 1.2 * sizes[0])
        self.refused("figure intro: expected one directory, got 2", "figure", "intro", "linear", "a", "--out", "g.svg")
        self.assertFalse((self.dir / "g.svg").exists())


class Restarts(Case):
    def test_their_losses_are_kept_and_measured(self):
        (self.dir / "a.toml").write_text(SMALL)
        self.done("run", "a.toml", "--out", "a", "--set", "restarts=3")
        self.assertTrue((self.dir / "a/restarts.safetensors").exists())
        metrics = json.loads(self.done("metrics", "a", "--json"))
        self.assertEqual(metrics["lowest_loss"], metrics["loss"])
        for low, middle, high in zip(metrics["lowest_loss"], metrics["median_loss"], metrics["highest_loss"]):
            self.assertLessEqual(low, middle)
            self.assertLessEqual(middle, high)
        self.assertTrue(all(0 <= kept < 3 for kept in metrics["kept_restart"]))
        self.assertIn("share of lowest", self.done("metrics", "a"))
        self.done("run", "a.toml", "--out", "b", "--set", "restarts=3", "--set", "all_restarts=true")
        for counts in json.loads(self.done("metrics", "b", "--json"))["outcomes"]:
            self.assertEqual(sum(count["restarts"] for count in counts), 3)
        self.assertRegex(self.done("metrics", "b"), r"outcome +restarts +lowest loss")
        lines = list(csv.DictReader(io.StringIO(self.done("metrics", "b", "--csv", "--restarts"))))
        self.assertEqual([line["restart"] for line in lines], ["0", "1", "2"] * 3)
        kept = [line for line in lines if line["kept"] == "true"]
        self.assertEqual([int(line["restart"]) for line in kept], metrics["kept_restart"])
        self.assertEqual([float(line["loss"]) for line in kept], metrics["loss"])
        self.assertTrue(all(line["outcome"] for line in lines))
        self.done("run", "a.toml", "--out", "a", "--set", "restarts=1", "--overwrite")
        self.assertFalse((self.dir / "a/restarts.safetensors").exists())
        self.assertNotIn("kept_restart", json.loads(self.done("metrics", "a", "--json")))


class Paper(Case):
    def test_list(self):
        names = [line.split()[0] for line in self.done("paper", "--list").splitlines()]
        self.assertLessEqual({"intro", "features", "all"}, set(names))

    def test_all_writes_every_experiment_and_a_page(self):
        self.refused("--out", "paper", "all")
        self.refused("--set steps=0", "paper", "all", "--out", "a", "--set", "steps=0")
        self.done("paper", "all", "--out", "a", "--quiet", "--set", "quick=true", "--set", "steps=2",
                  "--set", "batch_size=8", "--set", "restarts=1", "--set", "trials=1", "--set", "grid=4",
                  "--set", "most_spread=20", timeout=900)  # a debug build takes minutes
        page = (self.dir / "a/index.html").read_text()
        for name in ("intro", "features", "phase-2-1", "phase-3-2", "geometry", "perturbed-pentagon", "correlated",
                     "collapse", "dynamics", "adversarial", "privileged-basis", "absolute-value",
                     "johnson-lindenstrauss", "almost-orthogonal", "compressed-sensing"):
            self.assertIn(f'id="{name}"', page)
            self.assertTrue((self.dir / "a" / name / "claims.json").exists())
        for path in re.findall(r'(?:src|href)="([^"#:]+)"', page):
            self.assertTrue((self.dir / "a" / path).exists(), path)

    def test_what_was_interrupted_goes_on_and_what_is_whole_is_told_again(self):
        command = ["paper", "features", "--out", "a", "--set", "quick=true", "--set", "steps=400"]
        process = subprocess.Popen([SUPERPOSE, *command], cwd=self.dir, stderr=subprocess.PIPE, text=True)
        while not (self.dir / "a/experiment.toml").exists():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=120)
        if process.returncode != 0:  # else the machine was faster
            self.assertIn("the same command with --resume goes on", messages)
            self.done(*command, "--resume")
        whole = self.bytes_of("a", "model.safetensors")
        claims = (self.dir / "a/claims.json").stat().st_mtime_ns
        self.assertIn("done before, in a (--overwrite starts over)", self.done(*command))
        self.assertEqual((self.dir / "a/claims.json").stat().st_mtime_ns, claims)
        self.refused("got one with", *command, "--set", "seed=9")
        self.done(*command, "--overwrite")
        self.assertEqual(self.bytes_of("a", "model.safetensors"), whole)

    def test_losses_of_zero_are_drawn(self):
        self.done("paper", "perturbed-pentagon", "--out", "a", "--set", "quick=true", "--set", "steps=5",
                  "--set", "importance=0")

    def test_toy_models_of_a_study_that_diverge_are_reported(self):
        result = self.run_cli("paper", "compressed-sensing", "--out", "a", "--set", "quick=true", "--set", "lr=1e30",
                                  "--set", "steps=20", "--set", "grid=4", "--set", "trials=1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not finite", result.stderr)

    def test_intro_writes_run_figures_and_claims(self):
        out = self.done("paper", "intro", "--out", "a", "--set", "quick=true", "--set", "steps=20")
        self.assertIn("a/figures", out)
        claims = json.loads((self.dir / "a/claims.json").read_text())
        self.assertGreaterEqual(len(claims), 3)
        for claim in claims:
            self.assertEqual(list(claim), ["claim", "expected", "measured", "holds", "seeds"])
        self.assertEqual(sorted(path.name for path in (self.dir / "a/figures").glob("intro.*")),
                         ["intro.html", "intro.pdf", "intro.png", "intro.svg"])  # fmt: skip
        self.assertTrue((self.dir / "a/model.safetensors").exists())


class TerminalGone(Case):
    """What watches a run cannot end it."""

    def run_on_a_terminal(self, what, *arguments, **options):
        """Does something to the terminal of a run that draws a bar there. returns: its exit status."""
        ours, theirs = pty.openpty()
        steps = steps_that_take(1.5)
        process = subprocess.Popen(
            [SUPERPOSE, *arguments, "--set", f"steps={steps}"], cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=theirs, start_new_session=True, **options)  # fmt: skip
        bar, _, _ = select.select([ours], [], [], 120)
        self.assertTrue(bar)
        os.read(ours, 20)
        what(ours, theirs, process)
        os.close(theirs)
        return process.wait(timeout=120)

    @staticmethod
    def close(ours, theirs, process):
        os.close(ours)

    @staticmethod
    def hang_up(ours, theirs, process):
        process.send_signal(signal.SIGHUP)
        os.close(ours)

    def test_a_run_goes_on_without_its_terminal(self):
        def ignore():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

        (self.dir / "sweep.toml").write_text(SMALL + "[sweep]\ngrid = { lr = [1e-3, 2e-3] }\n")
        for file in ("small.toml", "sweep.toml"):
            for what in (self.close, self.hang_up):
                out = f"{file}-{what.__name__}"
                self.assertEqual(self.run_on_a_terminal(what, "run", file, "--out", out, preexec_fn=ignore), 0, out)
                self.assertIn("instance", self.done("metrics", out))

    def test_hanging_up_stops_as_ctrl_c_does(self):
        self.assertEqual(self.run_on_a_terminal(self.hang_up, "run", "small.toml", "--out", "a"), 1)
        self.assertIn("checkpoint.safetensors", os.listdir(self.dir / "a"))

    def test_a_terminal_that_takes_nothing_does_not_hold_a_run_up(self):
        def stop_reading(ours, theirs, process):
            termios.tcflow(theirs, termios.TCOOFF)  # Ctrl-S

        self.assertEqual(self.run_on_a_terminal(stop_reading, "run", "small.toml", "--out", "a"), 0)

    def test_a_reader_of_the_summary_that_went_away_costs_the_status_only(self):
        reader, writer = os.pipe()
        os.close(reader)
        for arguments in (["run", "small.toml"], ["paper", "intro", "--set", "quick=true", "--set", "steps=20"]):
            result = self.run_cli(*arguments, "--out", arguments[0], stdout=writer, restore_signals=True)
            self.assertEqual(result.returncode, 1)
            self.assertIn("standard output: Broken pipe", result.stderr)
        os.close(writer)
        self.assertTrue((self.dir / "run/model.safetensors").exists())
        self.assertTrue((self.dir / "paper/claims.json").exists())


class Terminal(Case):
    def stderr_on_a_terminal(self, *arguments):
        ours, theirs = pty.openpty()
        written = []

        def read():
            try:
                while chunk := os.read(ours, 4096):
                    written.append(chunk)
            except OSError:  # the other side closed
                pass

        reader = threading.Thread(target=read)
        reader.start()
        result = self.run_cli(*arguments, stderr=theirs)
        os.close(theirs)
        reader.join()
        os.close(ours)
        self.assertEqual(result.returncode, 0)
        return b"".join(written).decode()

    def test_progress_shows_on_a_terminal_only(self):
        long = ["small.toml", "--set", f"steps={steps_that_take(1)}"]
        shown = self.stderr_on_a_terminal("run", *long, "--out", "a")
        self.assertRegex(shown, r"\d+%.*loss [\d.e-]+.* left")
        self.assertTrue(shown.endswith("\r\x1b[K"), shown[-40:])
        self.assertEqual(self.stderr_on_a_terminal("run", *long, "--out", "b", "--quiet"), "")
        self.assertEqual(self.run_cli("run", *long, "--out", "c").stderr, "")

    def test_a_bar_is_gone_before_the_next_line(self):
        steps = steps_that_take(0.3)  # intro's are several times as long, its claims' even more
        shown = self.stderr_on_a_terminal("paper", "intro", "--out", "a", "--set", "quick=true",
                                          "--set", f"steps={steps}")  # fmt: skip
        self.assertRegex(shown, r"\d+%.*loss [\d.e-]+.* left")
        self.assertTrue(shown.endswith("\r\x1b[Kmeasuring the paper's claims ...\r\x1b[K"), shown[-80:])


def steps_that_take(seconds):
    """About as many steps of small.toml as this build trains in that time on this machine."""
    return int(seconds * steps_a_second())


@functools.cache
def steps_a_second():
    """Each time is the least of several: a machine that something else holds up for a moment does not look slow."""
    with tempfile.TemporaryDirectory(prefix="superpose-cli-") as directory:
        file = pathlib.Path(directory, "small.toml")
        file.write_text(SMALL)

        def duration(steps):
            command = [SUPERPOSE, "run", file, "--out", f"{directory}/out", "--quiet", "--overwrite",
                       "--set", f"steps={steps}"]  # fmt: skip
            start = time.monotonic()
            subprocess.run(command, check=True, timeout=120)
            return time.monotonic() - start

        def least(steps):
            return min(duration(steps) for _ in range(3))

        beside_training = least(1)
        steps = 1000
        while (elapsed := least(steps) - beside_training) < 0.2:
            steps *= 3
        return steps / elapsed


class StoppedStudies(Case):
    def test_a_study_stops_in_the_middle_of_a_trial(self):
        # A trial of this size takes a minute.
        (self.dir / "study.toml").write_text('[study]\nkind = "johnson_lindenstrauss"\nn_points = 1000\n'
                                             "n_dimensions = [20000]\ntrials = 1\n")  # fmt: skip
        study = self.begun("study.toml")
        time.sleep(0.5)
        study.send_signal(signal.SIGINT)
        _, messages = study.communicate(timeout=120)
        self.assertEqual(study.returncode, 1)
        self.assertIn("stopped; go on from there with", messages)


class Moved(Case):
    def test_a_run_that_is_moved_and_the_one_that_takes_its_name_both_survive(self):
        steps = steps_that_take(2)
        first = self.begun("small.toml", "--set", f"steps={steps}")
        (self.dir / "out").rename(self.dir / "moved")
        self.done("run", "small.toml", "--out", "out", "--set", "seed=7")
        second = self.bytes_of("out", "model.safetensors")
        summary, messages = first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0, messages)
        self.assertIn(f"{steps} steps", summary)  # its own results, not those of the other
        self.assertIn("out: was moved meanwhile", messages)
        self.assertEqual(self.bytes_of("out", "model.safetensors"), second)
        self.assertIn("instance", self.done("metrics", "out"))
        self.assertIn("instance", self.done("metrics", "moved"))

    def test_a_run_that_is_moved_and_stopped_says_that_its_path_is_not_known(self):
        steps = steps_that_take(4)
        run = self.begun("small.toml", "--set", f"steps={steps}")
        (self.dir / "out").rename(self.dir / "moved")
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        _, messages = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 1, messages)
        self.assertIn("go on from there with `superpose run DIR/experiment.toml --out DIR --resume`, DIR being where it "
                      "is now", messages)  # fmt: skip
        self.done("run", "moved/experiment.toml", "--out", "moved", "--resume")


class Interrupted(Case):
    """A run that is stopped or killed and resumed ends in the bits of one that was not."""

    def interrupt(self, signal_number, is_time, *arguments):
        process = subprocess.Popen([SUPERPOSE, *map(str, arguments)], cwd=self.dir,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        while process.poll() is None and not is_time():
            time.sleep(0.01)
        process.send_signal(signal_number)
        _, messages = process.communicate(timeout=60)
        return process.returncode, messages

    def command(self, steps):
        return ["run", "small.toml", "--quiet", "--set", f"steps={steps}", "--set", f"every={steps // 7}", "--out"]

    def expect_same_files(self, directory, expected):
        for name in ("model.safetensors", "history.safetensors", "experiment.toml"):
            self.assertEqual(self.bytes_of(directory, name), self.bytes_of(expected, name), name)
        self.assertEqual(sorted(path.name for path in (self.dir / directory).iterdir()),
                         sorted(path.name for path in (self.dir / expected).iterdir()))  # fmt: skip

    def test_killed(self):
        steps = steps_that_take(3)  # checkpoints are 2 s of training apart
        status = 0
        whole = self.dir / "killed/model.safetensors"
        while status == 0 or whole.exists():  # the machine was faster than it looked: it ended before it was killed
            shutil.rmtree(self.dir / "killed", ignore_errors=True)
            command = self.command(steps)
            status, _ = self.interrupt(signal.SIGKILL, lambda: self.has_checkpoint("killed"), *command, "killed")
            steps *= 2
        self.assertEqual(status, -signal.SIGKILL)
        self.done(*command, "killed", "--resume")
        self.done(*command, "whole")
        self.expect_same_files("killed", "whole")

    def test_stopped(self):
        begun = self.dir / "stopped/experiment.toml"
        command = self.command(steps_that_take(1))
        for stop in (signal.SIGINT, signal.SIGTERM):
            shutil.rmtree(begun.parent, ignore_errors=True)
            status, messages = self.interrupt(stop, begun.exists, *command, "stopped")
            self.assertEqual(status, 1)
            self.assertRegex(messages, r"\Asuperpose: stopped[^\n]*--resume[^\n]*\n\Z")
            self.assertFalse((self.dir / "stopped/model.safetensors").exists())
            self.assertTrue(self.has_checkpoint("stopped"))
            self.refused("not finished", "metrics", "stopped")
        self.refused("stopped", *command, "stopped", "--resume", "--set", "seed=1")
        self.done(*command, "stopped", "--resume")
        self.done(*command, "whole")
        self.expect_same_files("stopped", "whole")

    def has_checkpoint(self, directory):
        return (self.dir / directory / "checkpoint.safetensors").exists()


STUDY = """name = "tiny"
[study]
kind = "johnson_lindenstrauss"
n_points = 6
n_dimensions = [20, 10]
eps = [0.9, 0.5]
trials = 3
"""


class Studies(Case):
    def setUp(self):
        super().setUp()
        (self.dir / "study.toml").write_text(STUDY)

    def test_writes_its_measurements_the_same_on_any_threads(self):
        out = self.done("run", "study.toml", "--out", "a", "--threads", 1)
        self.assertIn("tiny: johnson_lindenstrauss measured in", out)
        self.assertRegex(out, r"share_beyond +\(2, 3, 2\)")
        self.assertEqual({path.name for path in (self.dir / "a").iterdir()},
                         {"experiment.toml", "measurements.safetensors"})  # fmt: skip
        tensors = read_safetensors(self.dir / "a/measurements.safetensors")
        self.assertEqual(tensors["k"], ("I64", [2], (18, 58)))
        self.assertEqual(tensors["distortion"][:2], ("F32", [2, 3, 2, 3]))
        self.done("run", "a/experiment.toml", "--out", "b", "--threads", 3, "--quiet")
        for name in ("experiment.toml", "measurements.safetensors"):
            self.assertEqual(self.bytes_of("a", name), self.bytes_of("b", name))
        before = (self.dir / "a/measurements.safetensors").stat().st_mtime_ns
        self.assertIn("done before", self.done("run", "study.toml", "--out", "a", "--resume"))
        self.assertEqual((self.dir / "a/measurements.safetensors").stat().st_mtime_ns, before)
        self.refused("got one with", "run", "study.toml", "--out", "a", "--resume", "--set", "seed=1")

    def test_wrong_requests(self):
        self.refused("--set eps=2: [study] eps: expected an array", "run", "study.toml", "--out", "a", "--set", "eps=2")
        self.refused("did you mean `trials`?", "run", "study.toml", "--out", "a", "--set", "trails=2")
        (self.dir / "wrong.toml").write_text(STUDY.replace("n_points = 6", "n_points = 1"))
        self.refused("wrong.toml:4:12: [study] n_points: expected a whole number from 2 to 1000, got 1",
                     "run", "wrong.toml", "--out", "a")  # fmt: skip
        self.refused("study.toml", "run", "study.toml", "--out", "study.toml")
        self.refused("--set trials=0", "paper", "johnson-lindenstrauss", "--out", "a", "--set", "trials=0")
        self.refused("unknown key `steps`", "paper", "johnson-lindenstrauss", "--out", "a", "--set", "steps=1")
        self.refused("--set stepps=1", "paper", "all", "--out", "a", "--set", "stepps=1")

    def test_figures_are_of_studies_or_runs(self):
        self.done("run", "study.toml", "--out", "a")
        self.done("figure", "johnson-lindenstrauss", "a", "--out", "f.svg")
        self.refused("got a study's", "figure", "intro", "a", "--out", "g.svg")
        self.refused('got "johnson_lindenstrauss"', "figure", "packing", "a", "--out", "g.svg")
        self.refused("got a study's; its numbers are the tensors of a/measurements.safetensors", "metrics", "a", "--csv")
        self.refused("got a study's", "run", "small.toml", "--out", "a")
        self.done("run", "small.toml", "--out", "b")
        self.refused("expected a study's directory", "figure", "packing", "b", "--out", "g.svg")
        self.refused("a study's", "run", "study.toml", "--out", "b")
        (self.dir / "a/measurements.safetensors").unlink()
        self.refused("not finished", "figure", "johnson-lindenstrauss", "a", "--out", "g.svg")

    def test_paper_measures_draws_and_claims(self):
        out = self.done("paper", "johnson-lindenstrauss", "--out", "a", "--set", "quick=true", "--set", "trials=2")
        self.assertIn("a/figures/johnson-lindenstrauss", out)
        claims = json.loads((self.dir / "a/claims.json").read_text())
        self.assertGreaterEqual(len(claims), 4)
        for claim in claims:
            self.assertEqual(list(claim), ["claim", "expected", "measured", "holds", "seeds"])
        self.assertEqual(sorted(path.suffix for path in (self.dir / "a/figures").iterdir()),
                         [".html", ".pdf", ".png", ".svg"])  # fmt: skip

    def test_stopped(self):
        long = ["run", "study.toml", "--out", "a", "--set", "trials=10000", "--set", "n_dimensions=[20000]"]
        process = subprocess.Popen([SUPERPOSE, *long], cwd=self.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)  # fmt: skip
        deadline = time.monotonic() + 60
        while not (self.dir / "a/experiment.toml").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(messages, r"\Asuperpose: stopped[^\n]*--resume[^\n]*\n\Z")
        self.assertEqual(sorted(path.name for path in (self.dir / "a").iterdir()),
                         ["checkpoint.safetensors", "experiment.toml"])  # fmt: skip
        self.refused("not finished", "figure", "johnson-lindenstrauss", "a", "--out", "f.svg")


class Sweeps(Case):
    def setUp(self):
        super().setUp()
        (self.dir / "sweep.toml").write_text(
            SMALL + "[sweep]\ngrid = { n_hidden = [1, 2], values = ['uniform', 'signed'] }\n"
        )

    def test_runs_and_measures_every_point(self):
        self.assertIn("4 points in 4 runs", self.done("run", "sweep.toml", "--out", "s"))
        points = json.loads(self.done("metrics", "s", "--json"))["points"]
        self.assertEqual(points[2]["values"], {"model.n_hidden": 2, "data.values": "uniform"})
        for point in points:
            one = json.loads(self.done("metrics", f"s/{point['run']}", "--json"))
            self.assertEqual(point["norms"], one["norms"])
            self.assertEqual(point["loss"], one["loss"])
        self.assertIn("data.values", self.done("metrics", "s"))
        lines = list(csv.DictReader(io.StringIO(self.done("metrics", "s", "--csv"))))
        self.assertEqual(list(lines[0])[:5], ["point", "model.n_hidden", "data.values", "run", "instance"])
        self.assertEqual([line["point"] for line in lines], [str(p) for p in range(4) for _ in range(3)])
        self.assertEqual({(line["model.n_hidden"], line["data.values"]) for line in lines if line["point"] == "2"},
                         {("2", "uniform")})  # fmt: skip
        self.assertEqual([float(line["loss"]) for line in lines], [x for point in points for x in point["loss"]])
        self.refused("name one of s/runs/NNN", "figure", "intro", "s", "--out", "x.svg")

    def test_a_metric_is_drawn_over_the_swept_keys(self):
        self.done("run", "sweep.toml", "--out", "s")
        self.done("figure", "sweep", "s", "--out", "map.svg")
        self.done("figure", "sweep", "s", "--metric", "capacity", "--x", "n_hidden", "--out", "lines.html")
        self.assertIn("capacity", (self.dir / "lines.html").read_text())
        self.refused("figure sweep: x: expected one of the swept keys model.n_hidden, data.values",
                     "figure", "sweep", "s", "--x", "lr", "--out", "x.svg")  # fmt: skip
        self.refused('did you mean `loss`?', "figure", "sweep", "s", "--metric", "los", "--out", "x.svg")
        self.refused("expected a sweep's directory, got a run's", "figure", "sweep", "s/runs/000", "--out", "x.svg")
        self.refused("figure intro: expected metric, x and y for the kind sweep only",
                     "figure", "intro", "s/runs/000", "--metric", "loss", "--out", "x.svg")  # fmt: skip

    def test_wrong_points_are_refused_where_they_are_written(self):
        (self.dir / "wrong.toml").write_text(SMALL + "[sweep]\ngrid = { n_hidden = [1, 0] }\n")
        self.refused("wrong.toml:15:25: [model] n_hidden", "run", "wrong.toml", "--out", "s")

    def test_points_that_do_not_fit_are_refused_with_the_number_that_would(self):
        (self.dir / "large.toml").write_text(
            SMALL + "[sweep]\ngrid = { importance = { linear = [1, 2], count = 4000 } }\n"
        )
        self.refused(
            "instances of this experiment", "run", "large.toml", "--out", "s",
            "--set", "n_instances=20000", "--set", "feature_probability=0.5",
            "--set", "n_features=1000", "--set", "n_hidden=1", "--set", "every=60",
        )  # fmt: skip

    def test_killed_and_resumed_gives_the_same_bytes(self):
        steps = steps_that_take(0.5)
        first, last = self.dir / "cut/runs/000/model.safetensors", self.dir / "cut/sweep.json"
        while not first.exists() or last.exists():  # else it ended before it was killed
            shutil.rmtree(self.dir / "cut", ignore_errors=True)
            command = ["run", "sweep.toml", "--set", f"steps={steps}", "--out"]
            process = subprocess.Popen([SUPERPOSE, *command, "cut"], cwd=self.dir, stdout=subprocess.DEVNULL)
            while process.poll() is None and not first.exists():
                time.sleep(0.001)
            process.kill()
            process.wait()
            steps *= 2
        self.done(*command, "whole")
        before = first.stat().st_mtime_ns
        self.done("run", "cut/experiment.toml", "--out", "cut", "--resume")
        self.assertEqual(first.stat().st_mtime_ns, before)  # whole: left alone
        whole = {p.relative_to(self.dir / "whole"): p.read_bytes() for p in (self.dir / "whole").rglob("*.*")}
        cut = {p.relative_to(self.dir / "cut"): p.read_bytes() for p in (self.dir / "cut").rglob("*.*")}
        self.assertEqual(whole, cut)


if __name__ == "__main__":
    # What whoever runs the suite ignores, as nohup and a shell's background jobs do, the commands would ignore, too.
    for ignored in {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}:
        if signal.getsignal(ignored) == signal.SIG_IGN:
            signal.signal(ignored, signal.SIG_DFL)
    unittest.main(verbosity=2)
