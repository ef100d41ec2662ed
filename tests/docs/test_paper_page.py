"""docs/paper.md: what it names exists, and it has every claim and every section that the code cites of the paper."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "paper.md"
FINDINGS = ROOT / "docs" / "findings.md"
LINK = re.compile(r"\[[^\]]*\]\((\.\./[^)#]+)\)")
FUNCTION = re.compile(r"`(\w+)\(\)`")
CLAIMS = re.compile(r"^\| claim \|.*\n(?:\|.*\n)*", re.M)  # a table of claims
NAMED = re.compile(r"\[`?(\w+)(?:\(\)`)?\]\((\.\./[^)#]+)\)")  # [`function()`](file) or [Test](file)
MEASURED = re.compile(r"<!-- claims (.*?) -->\n(.*?)<!-- end of claims -->", re.S)
SUFFIXES = {".h", ".cpp", ".py", ".toml"}


def read(path):
    return path.read_text(encoding="utf-8")


def cited_sections():
    """{(file, cited)}: the "..." and `section N` of every [P, ...] in the code, joined over lines of a comment."""
    cited = set()
    for room in ("superpose", "apps", "python", "tests", "bench"):
        for path in (ROOT / room).rglob("*"):
            if path.suffix not in SUFFIXES or path == pathlib.Path(__file__).resolve():
                continue
            text = re.sub(r"\n\s*(///?|#)<?\s*", " ", read(path))
            for citation in re.findall(r"\[P,([^\]]*)\]", text):
                parts = re.findall(r'"([^"]+)"', citation) + re.findall(r"section \d+", citation)
                cited |= {(path.relative_to(ROOT), part) for part in parts}
    return cited


def rows(text):
    """The cells of each row of the tables in the text."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def claims_of_entries():
    """{entry: its claims}: those of findings.md, whose tables `make findings` makes of what was measured."""
    claims = {}
    for marks, table in MEASURED.findall(read(FINDINGS)):
        for entry in [word for word in marks.split() if "=" not in word]:
            claims[entry] = [row[0] for row in rows(table)[2:]]
    return claims


class PaperPage(unittest.TestCase):
    def setUp(self):
        self.page = read(PAGE)
        self.claims = [row for table in CLAIMS.findall(self.page) for row in rows(table)[2:]]
        # What stands together: a row of a table of quantities, or a paragraph.
        quantities = CLAIMS.sub("", self.page)
        self.parts = [line for line in quantities.splitlines() if line.startswith("|")]
        self.parts += re.split(r"\n\n", re.sub(r"^\|.*\n", "", quantities, flags=re.M))

    def test_links_lead_to_files(self):
        links = LINK.findall(self.page)
        self.assertGreater(len(links), 80)
        for link in links:
            self.assertTrue((PAGE.parent / link).resolve().is_file(), link)

    def test_functions_are_declared_where_it_says(self):
        found = 0
        for part in self.parts:
            headers = [read((PAGE.parent / link).resolve()) for link in LINK.findall(part) if link.endswith(".h")]
            for name in FUNCTION.findall(part):
                found += 1
                declared = any(re.search(rf"\b{name}\(", header) for header in headers)
                self.assertTrue(declared, f"{name}() is in no header of: {part[:80]}")
        self.assertGreater(found, 60)

    def test_entries_and_figures_exist(self):
        catalogue = "".join(read(path) for path in (ROOT / "superpose" / "paper").glob("*.cpp"))
        kinds = read(ROOT / "superpose" / "figures" / "figure_kinds.cpp")
        named = set()
        for cells in rows(self.page):
            if len(cells) != 6 or cells[0] in ("quantity", "claim", "---"):
                continue
            for entry in filter(None, cells[3].split(", ")):
                named.add(entry)
                self.assertTrue(f'"{entry}"' in catalogue or entry in ("phase-2-1", "phase-3-2"), entry)
            for figure in filter(None, cells[4].split(", ")):
                self.assertTrue(f'.name = "{figure}",' in kinds, cells)
        self.assertEqual(len(named), 15, "an entry has no row")

    def test_every_claim_of_every_entry_has_a_row(self):
        entries = claims_of_entries()
        self.assertEqual(len(entries), 15)
        seen = set()
        for entry, claims in entries.items():
            for claim in claims:
                about = [row[0] for row in self.claims if entry in row[3].split(", ") and claim.startswith(row[0])]
                self.assertEqual(len(about), 1, f"{entry}: {claim}: {about}")
                seen.add((entry, about[0]))
        for row in self.claims:
            for entry in row[3].split(", "):
                self.assertIn((entry, row[0]), seen, "no entry makes this claim")

    def test_claims_name_functions_and_tests_that_exist(self):
        for claim, criterion, functions, _, figures, tests in self.claims:
            self.assertTrue(criterion and figures, claim)
            self.assertTrue(NAMED.findall(functions), f"{claim}: no function")
            for name, file in NAMED.findall(functions):
                self.assertTrue(file.startswith("../superpose/paper/"), file)
                # A definition: a type, the name, parameters, a body.
                defined = rf"[\w>&] {name}\([^;{{}}]*\)(?: const)? \{{"
                found = re.search(defined, read((PAGE.parent / file).resolve()))
                self.assertTrue(found, f"{claim}: {name}() is not in {file}")
            self.assertTrue(NAMED.findall(tests), f"{claim}: no test")
            for name, file in NAMED.findall(tests):
                found = re.search(rf"TEST\(\w+, {name}\)", read((PAGE.parent / file).resolve()))
                self.assertTrue(found, f"{claim}: {name} is not in {file}")

    def test_it_has_every_section_that_the_code_cites(self):
        cited = cited_sections()
        self.assertGreater(len(cited), 10)
        for path, part in cited:
            if part.startswith("section "):
                self.assertTrue(f"## {part.removeprefix('section ')}. " in self.page, f"{path}: [P, {part}]")
            else:
                self.assertTrue(" ".join(part.split()) in self.page, f'{path}: [P, "{part}"]')

    def test_the_marks_are_defined(self):
        self.assertRegex(self.page, r"\*\*\[P\]\*\* in the code is")
        self.assertRegex(self.page, r"\*\*\[N\]\*\* is the notebook")


if __name__ == "__main__":
    unittest.main()
