"""Writes the inputs that fuzzing begins with: texts that nest so deeply that a parser without a limit ends the process.

Usage: make_seeds.py DIRECTORY
"""

import pathlib
import sys

DEEP = 60_000
SEEDS = {
    "dotted_key": "a." * DEEP + "a = 1\n",
    "header": "[" + "a." * DEEP + "a]\n",
    "array": "a = " + "[" * DEEP + "]" * DEEP + "\n",
    "inline_table": "a = " + "{ a = " * (DEEP // 3) + "1" + " }" * (DEEP // 3) + "\n",
    "override": "name={ " + "a." * DEEP + "a = 1 }",
    "many_points": "[sweep]\npoints = [" + "{ train.lr = 0.1 }, " * 5_000 + "]\n",
}

directory = pathlib.Path(sys.argv[1])
directory.mkdir(parents=True, exist_ok=True)
for name, text in SEEDS.items():
    (directory / name).write_text(text)
