"""scripts/findings: tables from claims.json, and whether a page says what was measured."""

import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "findings"
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("findings", str(SCRIPT))
findings = importlib.util.module_from_spec(importlib.util.spec_from_loader("findings", loader))
loader.exec_module(findings)

CLAIMS = [
    {"claim": "a", "expected": "at least 0.5", "measured": 2 / 3, "holds": True, "seeds": 20},
    {"claim": "b", "expected": "3 pairs", "measured": None, "holds": False, "seeds": 7},
    {"claim": "c", "expected": "below 1", "measured": 0.5, "holds": True, "seeds": 4, "spread": [0.25, 0.75]},
]
TABLE = """| claim | expected | measured | | models |
|---|---|---|---|---|
| a | at least 0.5 | 0.667 | holds | 20 |
| b | 3 pairs | not finite | **does not hold** | 7 |
| c | below 1 | 0.5 (0.25 to 0.75) | holds | 4 |
"""


def page(table, marks="one"):
    return f"# Page\n\n<!-- claims {marks} -->\n{table}<!-- end of claims -->\n\n| by | hand |\n"


class Findings(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.runs = pathlib.Path(self.directory.name)
        self.write("one", CLAIMS)
        self.page = self.runs / "page.md"

    def tearDown(self):
        self.directory.cleanup()

    def write(self, name, claims):
        (self.runs / name).mkdir(exist_ok=True)
        (self.runs / name / "claims.json").write_text(json.dumps(claims), encoding="utf-8")

    def run_script(self, text):
        self.page.write_text(text, encoding="utf-8")
        return subprocess.run(
            [sys.executable, SCRIPT, self.runs, self.page], capture_output=True, text=True, check=False
        )

    def test_a_page_that_says_what_was_measured_is_left_alone(self):
        done = self.run_script(page(TABLE))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.page.read_text(encoding="utf-8"), page(TABLE))

    def test_a_page_that_says_something_else_fails_and_is_rewritten(self):
        done = self.run_script(page(TABLE.replace("0.667", "0.7")))
        self.assertEqual(done.returncode, 1)
        self.assertIn("page.md: one: the table differs", done.stderr)
        self.assertIn("+| a | at least 0.5 | 0.667 | holds | 20 |", done.stderr)
        self.assertEqual(self.page.read_text(encoding="utf-8"), page(TABLE))

    def test_an_entry_that_was_not_measured_is_named(self):
        done = self.run_script(page(TABLE, "two"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("expected the claims of two", done.stderr)

    def test_the_last_column_says_what_it_counts(self):
        self.assertIn("| measured | | maps |\n", findings.table("one seeds=maps", self.runs))

    def test_entries_with_the_same_claims_share_a_table(self):
        self.write("two", [{**claim, "measured": 9} for claim in CLAIMS])
        table = findings.table("one two", self.runs)
        self.assertEqual(table.splitlines()[0], "| claim | expected | one | | two | |")
        self.assertEqual(table.splitlines()[2], "| a | at least 0.5 | 0.667 | holds | 9 | holds |")
        self.write("two", CLAIMS[:2])
        with self.assertRaises(SystemExit):
            findings.table("one two", self.runs)

    def test_every_entry_has_a_table_on_the_real_page(self):
        text = findings.PAGE.read_text(encoding="utf-8")
        marked = " ".join(marks for _, marks, _, _ in findings.TABLE.findall(text)).split()
        sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "superpose" / "paper").glob("*.cpp"))
        for name in [word for word in marked if "=" not in word]:
            self.assertTrue(f'"{name}"' in sources or name.startswith("phase-"), name)
        self.assertEqual(len([word for word in marked if "=" not in word]), 15)


if __name__ == "__main__":
    unittest.main()
