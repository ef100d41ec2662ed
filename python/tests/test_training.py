"""Training: the same bits as the command's, hooks, schedules, interruptions."""

from __future__ import annotations

import pickle
import threading
import time

import numpy as np
import pytest

import superpose as sp

INTRO = """
[model]
n_features = 5
n_hidden = 2
n_instances = 10
[data]
feature_probability = { geometric = [1.0, 0.05] }
importance = { power = 0.9 }
[train]
steps = 700
lr = 2e-3
schedule = "cosine"
seed = 7
restarts = %d
"""


@pytest.mark.parametrize("restarts", [1, 3])
def test_gives_the_same_bits_as_the_command(command, tmp_path, restarts) -> None:
    (tmp_path / "intro.toml").write_text(INTRO % restarts)
    command("run", tmp_path / "intro.toml", "--out", tmp_path / "run")
    theirs = sp.load(tmp_path / "run")
    model = sp.Model(5, 2, 10, feature_probability={"geometric": [1.0, 0.05]}, importance={"power": 0.9}, seed=7)
    history = model.optimize(700, lr=2e-3, schedule="cosine", restarts=restarts, progress=False)
    for name, array in theirs.model.state_dict().items():
        np.testing.assert_array_equal(getattr(model, name), array)
    np.testing.assert_array_equal(model.loss, theirs.loss)
    for name in ("step", "lr", "loss"):
        np.testing.assert_array_equal(getattr(history, name), getattr(theirs.history, name))
    if restarts > 1:
        np.testing.assert_array_equal(model.restart_loss, theirs.model.restart_loss)
        np.testing.assert_array_equal(model.kept_restart, theirs.model.kept_restart)
    else:
        assert model.restart_loss is None and model.kept_restart is None


def test_threads_and_hooks_that_look_change_nothing(intro) -> None:
    other = intro.copy()
    intro.optimize(300, threads=1, progress=False)
    other.optimize(300, threads=2, hooks=[lambda data: data.model.W.sum()], hook_every=7, progress=True)
    np.testing.assert_array_equal(intro.W, other.W)
    np.testing.assert_array_equal(intro.loss, other.loss)


def test_learns(intro) -> None:
    before = intro.loss
    history = intro.optimize(3000, lr=3e-3, progress=False)
    assert (intro.loss < before).all() and intro.loss.sum() < before.sum() / 3
    assert history.loss.shape == (31, 10) and len(history) == 31
    assert history.step.tolist() == [*range(0, 3000, 100), 2999]
    np.testing.assert_array_equal(intro.evaluate(), intro.loss)
    assert "31 rows" in repr(history)


def test_goes_on_where_it_was_on_other_numbers(intro) -> None:
    other = intro.copy()
    intro.optimize(200, progress=False)
    intro.optimize(200, progress=False)
    other.optimize(200, progress=False)
    other.optimize(200, progress=False)
    np.testing.assert_array_equal(intro.W, other.W)
    fixed = sp.Model(5, 2, seed=1)
    start = fixed.W.copy()
    fixed.optimize(50, seed=9, progress=False)
    first = fixed.W.copy()
    fixed.W = start
    fixed.optimize(50, progress=False)
    assert (fixed.W != first).any()
    fixed.W = start
    fixed.b_final = 0 * fixed.b_final
    fixed.optimize(50, seed=9, progress=False)
    np.testing.assert_array_equal(fixed.W, first)


def test_weights_that_were_set_are_where_it_begins(intro) -> None:
    intro.W = np.full((10, 5, 2), 0.25)
    seen = []
    intro.optimize(2, lr=0.0, weight_decay=0.0, hooks=[lambda data: seen.append(data.model.W.copy())], progress=False)
    assert (seen[0] == 0.25).all()


def test_hooks_see_what_the_notebooks_do(intro) -> None:
    seen = []

    def hook(data) -> None:
        assert data["model"] is data.model is intro
        assert set(data) == {"model", "step", "steps", "loss", "lr"} and len(data) == 5
        assert "opt" not in data
        seen.append((data["step"], data["lr"], data["loss"].copy(), intro.W.copy()))
        with pytest.raises(KeyError):
            data["opt"]

    history = intro.optimize(250, schedule="linear", hooks=[hook], hook_every=100, progress=False)
    assert [step for step, *_ in seen] == [0, 100, 200, 249]
    np.testing.assert_allclose([lr for _, lr, *_ in seen], [1e-3, 0.6e-3, 0.2e-3, 0.004e-3])
    np.testing.assert_array_equal([loss for _, _, loss, _ in seen], history.loss)
    np.testing.assert_array_equal(seen[-1][3], intro.W)
    assert (seen[0][3] != seen[1][3]).any()


def test_hooks_may_change_the_weights(intro) -> None:
    def only_two_features(data) -> None:
        data.model.W[:, 2:] = 0

    intro.optimize(200, hooks=[only_two_features], hook_every=1, progress=False)
    assert (intro.W[:, 2:] == 0).all() and intro.W[:, :2].all()


def test_a_hook_that_raises_stops_the_training(intro) -> None:
    def hook(data) -> None:
        if data.step == 20:
            raise LookupError("enough")

    other = intro.copy()
    with pytest.raises(LookupError, match="enough"):
        intro.optimize(5000, hooks=[hook], hook_every=10, progress=False)
    other.optimize(21, progress=False)
    np.testing.assert_array_equal(intro.W, other.W)
    assert np.isfinite(intro.loss).all()
    intro.optimize(10, progress=False)


def test_errors_of_hooks_are_their_own(intro) -> None:
    with pytest.raises(UnicodeDecodeError):
        intro.optimize(10, hooks=[lambda data: b"\xff".decode()], progress=False)


def test_ctrl_c_in_a_bar_leaves_other_bars_alone(press_ctrl_c, monkeypatch) -> None:
    import tqdm

    draw = tqdm.tqdm.update

    def slowly(bar, n=1):
        with bar.get_lock():
            time.sleep(0.3)
            return draw(bar, n)

    monkeypatch.setattr(tqdm.tqdm, "update", slowly)
    press_ctrl_c(0.2)
    with pytest.raises(KeyboardInterrupt):
        sp.Model(5, 2).optimize(10**9, progress=True)
    taken = threading.Event()

    def take() -> None:
        with tqdm.tqdm.get_lock():
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    assert taken.wait(5)


def test_what_was_interrupted_has_used_its_numbers(intro) -> None:
    def stop(data):
        raise StopIteration

    other = intro.copy()
    with pytest.raises(StopIteration):
        intro.optimize(20, hooks=[stop], hook_every=10, progress=False)
    intro.W, intro.b_final = other.W, other.b_final
    for model in (intro, other):
        model.optimize(20, progress=False)
    assert (intro.W != other.W).any()


def test_the_loss_is_of_the_weights_as_they_are(intro) -> None:
    intro.optimize(20, progress=False)
    trained = intro.loss
    intro.W[:] = 0
    zeroed = intro.loss
    assert (zeroed != trained).all()
    np.testing.assert_array_equal(zeroed, intro.evaluate())
    asked = []

    def ask(data):
        with pytest.raises(RuntimeError, match=r"loss: expected a model that is not in training: .* data.loss"):
            data.model.loss  # noqa: B018 - it raises
        asked.append(data.model.copy().loss)

    intro.optimize(5, hooks=[ask], hook_every=5, progress=False)
    np.testing.assert_array_equal(asked[-1], intro.loss)


def test_the_loss_is_estimated_when_it_is_asked_for() -> None:
    batches = []

    def distribution(step, batch_size, rng):
        batches.append(batch_size)
        return rng.random((batch_size, 1, 5))

    model = sp.Model(5, 2, distribution=distribution)
    model.optimize(3, batch_size=8, progress=False)
    assert batches == [8, 8, 8]
    first = model.loss
    assert batches[3:] == [1024] * 64
    np.testing.assert_array_equal(model.loss, first)
    np.testing.assert_array_equal(model.copy().loss, first)
    assert len(batches) == 3 + 64, "once, while nothing changes"
    model.W[:] = 0.5
    assert (model.loss != first).all() and len(batches) == 3 + 2 * 64
    model.optimize(2, batch_size=8, restarts=2, progress=False)
    decided = len(batches)
    assert model.restart_loss.shape == (2, 1) and decided > 3 + 3 * 64, "restarts are chosen by it"
    np.testing.assert_array_equal(model.loss, model.restart_loss.min(0))
    assert len(batches) == decided


def test_parts_have_the_loss_that_they_have_in_the_whole(intro, tmp_path) -> None:
    intro.optimize(50, progress=False)
    parts = {"one": intro[3], "two": intro[[7, 2]], "of a part": intro[4:][1:3], "copy": intro.copy()}
    parts["one"].save(tmp_path / "part.safetensors")
    pickled = pickle.loads(pickle.dumps(parts["two"]))
    changed = intro[5]
    changed.W[:] = 0.5
    trained = intro[5]
    trained.optimize(1, lr=0.0, weight_decay=0.0, progress=False)
    loss = intro.copy().loss
    assert np.isfinite(loss).all()
    np.testing.assert_array_equal(parts["one"].loss, loss[[3]])
    np.testing.assert_array_equal(parts["two"].loss, loss[[7, 2]])
    np.testing.assert_array_equal(parts["of a part"].loss, loss[[5, 6]])
    np.testing.assert_array_equal(parts["copy"].loss, loss)
    np.testing.assert_array_equal(sp.load(tmp_path / "part.safetensors").loss, loss[[3]])
    np.testing.assert_array_equal(pickled.loss, loss[[7, 2]])
    assert changed.loss[0] != loss[5]
    np.testing.assert_allclose(trained.loss, loss[[5]], rtol=0.05)
    np.testing.assert_array_equal(intro.loss, loss)
    np.testing.assert_array_equal(intro[8].loss, loss[[8]])


def test_a_model_trains_once_at_a_time(intro) -> None:
    def again(data) -> None:
        data.model.optimize(10, progress=False)

    with pytest.raises(RuntimeError, match="this model is in training"):
        intro.optimize(10, hooks=[again], progress=False)
    intro.optimize(10, progress=False)


@pytest.mark.parametrize("where", ["plain", "hooked", "own data"])
def test_ctrl_c_stops_it_and_leaves_it_whole(press_ctrl_c, where) -> None:
    def press_at(step: int) -> None:
        if step == 3:
            press_ctrl_c(0)

    def distribution(step, n, rng):
        press_at(step)
        return rng.random((n, 10, 100))

    model = sp.Model(100, 20, 10, distribution=distribution if where == "own data" else None)
    before = model.W.copy()
    hooks = [lambda data: press_at(data.step)] if where == "hooked" else []
    if where == "plain":
        press_ctrl_c(1)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        model.optimize(10**8, hooks=hooks, hook_every=1, record_every=10**6, progress=False)
    assert time.monotonic() - start < 20
    assert np.isfinite(model.W).all() and (model.W != before).any()
    assert model.optimize(2, progress=False) is not None


def test_others_run_meanwhile(intro) -> None:
    training = threading.Thread(target=lambda: intro.optimize(20_000, threads=1, progress=False))
    training.start()
    start, turns = time.monotonic(), 0
    while training.is_alive():
        turns += 1
    assert turns > 1000 * (time.monotonic() - start), "many turns between the looks that the engine takes"


def test_several_models_train_at_a_time() -> None:
    models = [sp.Model(5, 2, 3, seed=seed) for seed in range(4)]
    threads = [threading.Thread(target=m.optimize, kwargs={"steps": 300, "progress": False}) for m in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, model in enumerate(models):
        alone = sp.Model(5, 2, 3, seed=seed)
        alone.optimize(300, progress=False)
        np.testing.assert_array_equal(model.W, alone.W)


def test_schedules_are_callables_too(intro) -> None:
    by_name, by_function, by_table = intro.copy(), intro.copy(), intro.copy()
    by_name.optimize(100, schedule="cosine", progress=False)
    by_function.optimize(100, lr_scale=sp.cosine_decay_lr, progress=False)
    by_table.optimize(100, lr_scale=lambda step, steps: sp.cosine_decay_lr(step, steps), progress=False)
    np.testing.assert_array_equal(by_name.W, by_function.W)
    np.testing.assert_allclose(by_name.W, by_table.W, atol=1e-5)
    warm_up = intro.copy()
    history = warm_up.optimize(100, lr_scale=lambda step, steps: min(1, step / 50), record_every=25, progress=False)
    np.testing.assert_allclose(history.lr, [0, 0.5e-3, 1e-3, 1e-3, 1e-3])
    np.testing.assert_allclose([sp.linear_lr(25, 100), sp.constant_lr(3, 9)], [0.75, 1])
    with pytest.raises(TypeError, match="lr_scale: expected a callable"):
        intro.optimize(10, lr_scale=3)
    for wrong, message in ((lambda s, n: np.nan, "finite"), (lambda s, n: -1, ">= 0")):
        with pytest.raises(ValueError, match=f"lr_scale: expected .*{message}"):
            intro.optimize(10, lr_scale=wrong)
    with pytest.raises(ValueError, match="got both"):
        intro.optimize(10, lr_scale=sp.linear_lr, schedule="linear")


def test_parameters_can_be_recorded(intro) -> None:
    history = intro.optimize(100, record_every=50, record_parameters=True, progress=False)
    assert history.W.shape == (3, 10, 5, 2) and history.b_final.shape == (3, 10, 5) and history.W2 is None
    np.testing.assert_array_equal(history.W[-1], intro.W)
    assert intro.optimize(10, progress=False).W is None
    untied = sp.Model(3, 2, 2, kind="untied")
    history = untied.optimize(10, record_parameters=True, progress=False)
    np.testing.assert_array_equal(history.W2[-1], untied.W2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"steps": 0}, ValueError, "steps: expected a whole number from 1 to 4294967295, got 0"),
        ({"steps": 1e3}, TypeError, "steps: expected a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size: expected a whole number >= 1, got 0"),
        ({"batch_size": 2**31}, ValueError, "^batch_size: expected a whole number from 1 to 2147483647"),
        ({"lr": -1}, ValueError, "^lr: expected a finite number of at least 0, got -1"),
        ({"lr": float("inf")}, ValueError, "^lr: expected"),
        ({"lr": "fast"}, TypeError, "lr: expected a number, got 'fast'"),
        ({"lr": [1e-3]}, TypeError, r"lr: expected a number, got an array of shape \(1,\)"),
        ({"betas": "ab"}, TypeError, "betas: expected"),
        ({"betas": [0.9]}, ValueError, "^betas: expected an array of 2 numbers"),
        ({"schedule": "step"}, ValueError, '^schedule: expected one of constant, linear, cosine, got "step"'),
        ({"schedule": "cosin"}, ValueError, '^schedule: .* got "cosin"; did you mean "cosine"'),
        ({"schedule": lambda step, steps: 1}, TypeError, "schedule: expected a schedule's name, got a callable"),
        ({"optimizer": "lion"}, ValueError, "^optimizer: expected one of adamw, adam, sgd"),
        ({"optimizer": "adamW"}, ValueError, '^optimizer: .* did you mean "adamw"'),
        ({"optimizer": "sgd", "eps": 1e-8}, ValueError, "eps"),
        ({"momentum": 0.5}, ValueError, "momentum"),
        ({"restarts": 0}, ValueError, "restarts: expected"),
        ({"seed": -1}, ValueError, "seed: expected a whole number from 0"),
        ({"threads": 0}, ValueError, "threads: expected a whole number from 1 to 4096, got 0"),
        ({"threads": "all"}, TypeError, "threads: expected a whole number from 1 to 4096, got 'all'"),
        ({"record_every": 0}, ValueError, "record_every: expected"),
        ({"record_parameters": 1}, TypeError, "record_parameters: expected True or False, got 1"),
        ({"hook_every": 0}, ValueError, "hook_every: expected"),
        ({"hooks": [3]}, TypeError, "hooks: expected callables, got int"),
        ({"hooks": print}, TypeError, "hooks: expected a list of callables"),
        ({"progress": "yes"}, TypeError, "progress: expected True or False"),
        ({"weight_decay": -1}, ValueError, "weight_decay: expected"),
        ({"n_batch": 8}, TypeError, "optimize: expected batch_size, got n_batch"),
        ({"print_freq": 8}, TypeError, "optimize: expected record_every, got print_freq"),
        ({"learning_rate": 8}, TypeError, "optimize: expected lr, got learning_rate"),
        ({"sparsity": 0.9}, TypeError, "optimize: unknown argument 'sparsity'"),
    ],
)
def test_wrong_options_are_named(intro, arguments, error, message) -> None:
    before = intro.W.copy()
    with pytest.raises(error, match=message):
        intro.optimize(**{"steps": 10, "progress": False, **arguments})
    np.testing.assert_array_equal(intro.W, before)


def test_losses_that_are_not_finite_are_not_hidden(intro) -> None:
    intro.W[2, 0, 0] = np.nan
    intro.optimize(10, progress=False)
    assert np.isnan(intro.loss[2]) and np.isfinite(np.delete(intro.loss, 2)).all()


class Ended(Exception):
    """A training that is ended by its hook."""


def end_at(step: int):
    def hook(data: sp.HookData) -> None:
        if data.step == step:
            raise Ended

    return hook


def same_training(a: sp.Model, b: sp.Model) -> None:
    for name in a.state_dict():
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    np.testing.assert_array_equal(a.loss, b.loss)
    for field in ("step", "lr", "loss"):
        np.testing.assert_array_equal(getattr(a.history, field), getattr(b.history, field))
    if a.history.W is not None:
        np.testing.assert_array_equal(a.history.W, b.history.W)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"restarts": 3, "record_all_restarts": True},
        {"schedule": "cosine", "record_parameters": True},
        {"lr_scale": lambda step, steps: 1 - step / steps / 2, "optimizer": "sgd", "lr": 0.1},
    ],
)
def test_an_interrupted_training_goes_on_to_the_same_bits(intro, arguments) -> None:
    whole, cut = intro.copy(), intro.copy()
    arguments = {**arguments, "record_every": 10, "progress": False}
    whole.optimize(60, **arguments)
    with pytest.raises(Ended):
        cut.optimize(60, **arguments, hooks=[end_at(14)], hook_every=1)
    assert cut.history.step.tolist() == [0, 10, 14]
    with pytest.raises(Ended):
        cut.optimize(resume=True, progress=False, hooks=[end_at(33)], hook_every=1)
    assert cut.history.step.tolist() == [0, 10, 20, 30, 33]
    cut.optimize(60, **arguments, resume=True)
    same_training(whole, cut)
    if whole.restarts is not None:
        np.testing.assert_array_equal(whole.restarts.loss, cut.restarts.loss)
    for model in (whole, cut):  # it took the random numbers of one training
        model.optimize(5, progress=False)
    np.testing.assert_array_equal(whole.W, cut.W)


def test_after_ctrl_c_a_training_goes_on(press_ctrl_c) -> None:
    model = sp.Model(20, 5, 4, seed=3)
    whole = model.copy()
    press_ctrl_c(0.5)
    with pytest.raises(KeyboardInterrupt):
        model.optimize(10**8, threads=1, progress=False)
    last = int(model.history.step[-1])
    assert 0 < last < 10**8 and np.isfinite(model.history.loss[-1]).all()
    whole.optimize(last + 1, threads=1, progress=False)
    np.testing.assert_array_equal(model.W, whole.W)
    with pytest.raises(Ended):
        model.optimize(resume=True, hooks=[end_at(last + 100)], hook_every=1, progress=False)
    whole.optimize(last + 101, resume=True, progress=False)
    np.testing.assert_array_equal(model.W, whole.W)


def test_a_finished_training_is_made_longer(intro) -> None:
    whole, longer = intro.copy(), intro.copy()
    whole.optimize(95, record_every=20, progress=False)
    longer.optimize(50, record_every=20, progress=False)
    longer.optimize(95, resume=True, progress=False)
    same_training(whole, longer)


def test_what_changes_between_is_gone_on_from(intro) -> None:
    intro.optimize(20, progress=False)
    intro.W[:] = 0
    intro.optimize(21, lr=1e-3, resume=True, progress=False)
    assert (np.abs(intro.W) < 0.01).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"steps": 20}, "steps: expected more than the 20 that were taken, got 20"),
        ({}, "steps: expected more than the 20 that were taken, got 20"),
        (
            {"steps": 40, "lr": 1e-2},
            "resume: expected lr=0.002, as of the training that is to go on, or nothing, got 0.01",
        ),
        ({"steps": 40, "seed": 5}, "resume: expected seed="),
        ({"steps": 40, "lr_scale": lambda step, steps: 0.5}, "lr_scale: expected the factors that the steps taken had"),
    ],
)
def test_another_training_is_no_going_on(intro, arguments, words) -> None:
    intro.optimize(20, lr=2e-3, progress=False)
    before = intro.W.copy()
    with pytest.raises(ValueError, match=words):
        intro.optimize(**arguments, resume=True, progress=False)
    np.testing.assert_array_equal(intro.W, before)


def test_a_schedule_that_ends_cannot_be_made_longer(intro) -> None:
    intro.optimize(20, schedule="linear", progress=False)
    with pytest.raises(
        ValueError, match="steps: expected 20, because the schedule 'linear' ends at its last step, got 40"
    ):
        intro.optimize(40, resume=True, progress=False)


def test_what_hooks_did_stays_when_the_training_ends(intro) -> None:
    def normalise(data: sp.HookData) -> None:
        data.model.W /= np.linalg.norm(data.model.W, axis=-1, keepdims=True)

    whole, cut = intro.copy(), intro.copy()
    arguments = {"hook_every": 7, "progress": False}
    whole.optimize(40, hooks=[normalise], **arguments)
    with pytest.raises(Ended):
        cut.optimize(40, hooks=[normalise, end_at(14)], **arguments)
    np.testing.assert_allclose(np.linalg.norm(cut.W, axis=-1), 1, rtol=1e-6)
    cut.optimize(40, resume=True, hooks=[normalise], **arguments)
    same_training(whole, cut)


@pytest.mark.parametrize("restarts", [1, 3])
def test_one_that_ends_at_its_last_step_is_finished(intro, restarts) -> None:
    whole, cut = intro.copy(), intro.copy()
    whole.optimize(20, restarts=restarts, progress=False)
    with pytest.raises(Ended):
        cut.optimize(20, restarts=restarts, hooks=[end_at(19)], progress=False)
    cut.optimize(resume=True, progress=False)
    same_training(whole, cut)
    with pytest.raises(ValueError, match="steps: expected more than the 20 that were taken"):
        cut.optimize(resume=True, progress=False)


def test_arguments_that_are_given_count_at_their_defaults_too(intro) -> None:
    intro.optimize(20, lr=0.01, batch_size=64, progress=False)
    for given in ({"lr": 1e-3}, {"batch_size": 1024}, {"restarts": 1, "lr": 0.01, "optimizer": "sgd"}):
        with pytest.raises(ValueError, match="as of the training that is to go on"):
            intro.optimize(40, **given, resume=True, progress=False)
    intro.optimize(40, lr=0.01, batch_size=64, optimizer="adamw", schedule="constant", resume=True, progress=False)


def test_a_start_that_fails_changes_nothing(intro) -> None:
    intro.optimize(20, progress=False)
    with pytest.raises(ValueError):
        intro.optimize(5000, resume=True, threads=-1, progress=False)
    with pytest.raises(ValueError, match="expected more than the 20 that were taken, got 20"):
        intro.optimize(resume=True, progress=False)


def test_there_must_be_something_to_go_on_with(intro) -> None:
    with pytest.raises(ValueError, match="resume: expected a model that was trained in this process"):
        intro.optimize(resume=True, progress=False)
