"""docs/paper.md: what it names exists, and every section that the code cites of the paper occurs in it."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "paper.md"
LINK = re.compile(r"\[[^\]]*\]\((\.\./[^)#]+)\)")
FUNCTION = re.compile(r"`(\w+)\(\)`")
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


class PaperPage(unittest.TestCase):
    def setUp(self):
        self.page = read(PAGE)
        # What stands together: a row of a table, or a paragraph.
        self.parts = [line for line in self.page.splitlines() if line.startswith("|")]
        self.parts += re.split(r"\n\n", re.sub(r"^\|.*\n", "", self.page, flags=re.M))

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
        for line in self.page.splitlines():
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if len(cells) != 6 or cells[0] in ("quantity", "---"):
                continue
            for entry in filter(None, cells[3].split(", ")):
                named.add(entry)
                self.assertTrue(f'"{entry}"' in catalogue or entry in ("phase-2-1", "phase-3-2"), entry)
            for figure in filter(None, cells[4].split(", ")):
                self.assertTrue(f'.name = "{figure}",' in kinds, line)
        self.assertEqual(len(named), 15, "an entry has no row")

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
