"""Writes intro_losses.json: what PyTorch reaches on `superpose paper intro`, for several seeds.

Usage: python3 make_intro_reference.py [SEEDS] > intro_losses.json      (about half a minute a seed)
Runs bench/peers/tms_torch.py's model for the notebook's 10,000 steps and estimates each instance's loss on
1,048,576 fresh samples, so that the spread in the file is the spread of training and not of measuring.
"""
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "peers"))
import tms_torch  # noqa: E402

INSTANCES, FEATURES, HIDDEN, STEPS = 10, 5, 2, 10_000
BATCHES, BATCH_SIZE = 256, 4096


def losses_of(seed):
    torch.manual_seed(seed)
    probability = (20 ** -torch.linspace(0, 1, INSTANCES))[:, None]
    importance = (0.9 ** torch.arange(FEATURES))[None, :]
    model = tms_torch.Model(INSTANCES, FEATURES, HIDDEN, probability, importance)
    tms_torch.optimize(model, STEPS)
    with torch.no_grad():
        total = sum(tms_torch.losses(model, model.batch(BATCH_SIZE)).double() for _ in range(BATCHES))
    return [round(value, 8) for value in (total / BATCHES).tolist()]


def main():
    torch.set_num_threads(1)  # this small, threads only get in each other's way
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    runs = [losses_of(seed) for seed in range(seeds)]
    rows = ",\n    ".join(json.dumps(run) for run in runs)
    print(f"""{{
  "made_by": "tests/parity/make_intro_reference.py {seeds}, torch {torch.__version__}",
  "samples": {BATCHES * BATCH_SIZE},
  "losses": [
    {rows}
  ]
}}""")


if __name__ == "__main__":
    main()
