"""The house stands as HACKING.md draws it: who includes whom, who opens files, who prints.

Run by ctest, or by hand: python3 tests/rooms/test_rooms.py
"""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Other people's headers, and the library of cmake/SuperposeLibraries.cmake that brings them.
LIBRARIES = {
    "fmt/": "fmt",
    "hwy/": "hwy",
    "Eigen/": "Eigen3",
    "nlohmann/": "nlohmann_json",
    "toml++/": "tomlplusplus",
    "cairo": "cairo",
}

# The one file of the command that opens something: the terminal that it draws its bar on.
TERMINAL = "apps/cli/progress_bar.cpp"

# Public headers that the build writes.
GENERATED = {"superpose/core/version.h"}

# What touches the disk or another process, by header or by call.
OPENS = re.compile(
    r"#\s*include\s*<(fstream|fcntl\.h|dirent\.h|sys/(stat|mman|file|wait)\.h|spawn\.h)>"
    r"|\b(i|o)?fstream\b"
    r"|\b(fopen|freopen|tmpfile|opendir|mkstemp|mkdtemp|popen|mmap)\s*\("
    r"|(?<![\w>.:])(std)?::(open|openat|creat|stat|unlink|rename|remove|rmdir|mkdir|fork|system|exec\w+)\s*\("
    r"|\b(fs|filesystem)::(absolute|canonical|copy\w*|create_\w+|current_path|directory_iterator|equivalent|exists"
    r"|file_size|is_\w+|last_write_time|permissions|read_symlink|recursive_directory_iterator|relative|remove\w*"
    r"|rename|resize_file|space|status|symlink_status|temp_directory_path|weakly_canonical)\b"
    r"|\bcairo_(svg|pdf|ps)_surface_create\s*\(|\bcairo_surface_write_to_png\s*\("
    r"|\bcairo_image_surface_create_from_png\s*\("
)

# What prints, or ends the process.
PRINTS = re.compile(
    r"\bstd::(cout|cerr|clog|exit|abort|quick_exit|terminate)\b|(?<![\w.>:])(std::)?(printf|puts|putchar|perror|exit|_exit|abort)\s*\("
    r"|\bf(printf|puts|write)\s*\([^;]*\bstd(out|err)\b|\bfmt::print\b"
)


def without_comments(code):
    """The code with comments and the text of strings blanked; lines stay where they are."""

    def blank(match):
        text = match.group()
        if text.startswith(("/*", "//")):
            return re.sub(r"[^\n]", " ", text)
        return '""' + "\n" * text.count("\n")

    return re.sub(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|(?<!include )"(?:\\.|[^"\\\n])*"', blank, code, flags=re.DOTALL
    )


def includes(code):
    """Of each #include: its line's number and its path, "superpose/..." and <...> alike."""
    for number, line in enumerate(code.splitlines(), 1):
        if found := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
            yield number, found.group(1)


def matches(pattern, code):
    """Numbers and text of the lines of code that match, comments apart."""
    for number, line in enumerate(without_comments(code).splitlines(), 1):
        if pattern.search(line):
            yield number, line.strip()


class Room:
    """A folder of superpose/ and what its CMakeLists.txt says it uses."""

    def __init__(self, name):
        self.name = name
        self.folder = ROOT / "superpose" / name
        text = re.sub(r"#[^\n]*", "", (self.folder / "CMakeLists.txt").read_text())
        declared = re.search(rf"superpose_room\(\s*{name}\b([^)]*)\)", text).group(1)
        lists = re.split(r"\b(HEADERS|SOURCES|USES|USES_INSIDE|LIBRARIES|ALONE)\b", declared)
        words = {key: value.split() for key, value in zip(lists[1::2], lists[2::2])}
        self.headers = [f"superpose/{name}/{header}" for header in words.get("HEADERS", [])]
        self.uses = words.get("USES", [])
        self.uses_inside = words.get("USES_INSIDE", [])
        self.libraries = words.get("LIBRARIES", [])

    def files(self):
        return sorted(path for path in self.folder.rglob("*") if path.suffix in (".h", ".cpp"))

    def inside_headers(self):
        """Paths of the headers that are for the room's own sources: what they include it USES_INSIDE, or is such."""
        included = {f"superpose/{file.relative_to(ROOT / 'superpose')}": set() for file in self.files()}
        for path in included:
            included[path] = {path for _, path in includes((ROOT / path).read_text())}
        starts = tuple(f"superpose/{room}/" for room in self.uses_inside)
        inside = {path for path, paths in included.items() if any(other.startswith(starts) for other in paths)}
        while more := {path for path, paths in included.items() if paths & inside} - inside:
            inside |= more
        return {path for path in inside if path.endswith(".h")}


def reached(header):
    """The headers of ours that come with a header, itself included."""
    found, new = set(), {header}
    while new:
        found |= new
        texts = [(ROOT / path).read_text() for path in new if path not in GENERATED]
        new = {path for text in texts for _, path in includes(text) if path.startswith("superpose/")} - found
    return found


def rooms():
    """All rooms, bottom to top, as CMakeLists.txt lists them."""
    listed = re.search(r"set\(all_rooms ([^)]*)\)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    return [Room(name) for name in listed.split()]


class House(unittest.TestCase):
    def faults(self, faults):
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_every_folder_is_a_room_and_is_on_the_map(self):
        names = [room.name for room in rooms()]
        folders = sorted(path.name for path in (ROOT / "superpose").iterdir() if path.is_dir())
        self.assertEqual(sorted(names), folders)
        map_rows = re.findall(r"^\| `superpose/(\w+)` \|", (ROOT / "HACKING.md").read_text(), re.MULTILINE)
        self.assertEqual(map_rows, names)

    def test_rooms_use_rooms_below_them_only(self):
        below = set()
        for room in rooms():
            self.assertLessEqual({*room.uses, *room.uses_inside}, below, room.name)
            below.add(room.name)

    def test_includes_point_to_rooms_that_are_used(self):
        faults = []
        for room in rooms():
            allowed = {room.name, *room.uses, *room.uses_inside}
            for file in room.files():
                for line, path in includes(file.read_text()):
                    parts = path.split("/")
                    if parts[0] == "superpose" and parts[1] not in allowed:
                        expected = ", ".join(sorted(allowed))
                        faults.append(f"{file.relative_to(ROOT)}:{line}: expected includes of {expected}; got {path}")
        self.faults(faults)

    def test_no_room_includes_the_inside_of_another(self):
        inside = {path: room.name for room in rooms() if room.uses_inside for path in room.inside_headers()}
        faults = []
        for room in rooms():
            for file in room.files():
                for line, path in includes(file.read_text()):
                    if inside.get(path, room.name) != room.name:
                        faults.append(f"{file.relative_to(ROOT)}:{line}: expected {path} to be for {inside[path]} only")
        self.faults(faults)

    def test_rooms_name_no_more_than_they_include(self):
        faults = []
        for room in rooms():
            paths = {path for file in room.files() for _, path in includes(file.read_text())}
            included = {path.split("/")[1] for path in paths if path.startswith("superpose/")}
            for used in sorted({*room.uses, *room.uses_inside} - included):
                faults.append(f"superpose/{room.name}/CMakeLists.txt: expected an include of {used}, got none")
        self.faults(faults)

    def test_rooms_name_the_libraries_that_they_include(self):
        for room in rooms():
            paths = {path for file in room.files() for _, path in includes(file.read_text())}
            included = {LIBRARIES[start] for path in paths for start in LIBRARIES if path.startswith(start)}
            with self.subTest(room=room.name):
                self.assertLessEqual(included, set(room.libraries))

    def test_public_headers_include_only_public_ones(self):
        public = {header for room in rooms() for header in room.headers} | GENERATED
        faults = []
        for header in sorted(public - GENERATED):
            for line, path in includes((ROOT / header).read_text()):
                ours = path.startswith("superpose/")
                if ours and path not in public:
                    faults.append(f"{header}:{line}: expected public headers only (HEADERS of rooms), got {path}")
                if not ours and path.startswith(tuple(LIBRARIES)):
                    faults.append(f"{header}:{line}: expected no header of another library, got {path}")
        self.faults(faults)

    def test_public_headers_bring_the_exceptions_that_they_name(self):
        faults = []
        for header in (header for room in rooms() for header in room.headers):
            names = re.search(r"\b(InvalidRequest|Error)\b", (ROOT / header).read_text())
            if names and "superpose/core/error.h" not in reached(header):
                faults.append(f"{header}: expected an include of superpose/core/error.h, for {names.group()}")
        self.faults(faults)

    def test_the_page_of_the_interface_names_public_headers(self):
        public = {header for room in rooms() for header in room.headers} | GENERATED
        page = (ROOT / "docs" / "cpp-api.md").read_text()
        self.assertLessEqual(set(re.findall(r"superpose/[\w/]+\.h\b", page)), public)

    def test_only_store_opens_files(self):
        faults, in_store = [], 0
        for room in rooms():
            for file in room.files():
                for line, text in matches(OPENS, file.read_text()):
                    in_store += room.name == "store"
                    if room.name != "store":
                        faults.append(f"{file.relative_to(ROOT)}:{line}: expected store to do this: {text}")
        for folder in ("apps", "python/src"):
            for file in sorted((ROOT / folder).rglob("*.*")):
                if file.suffix not in (".h", ".cpp") or str(file.relative_to(ROOT)) == TERMINAL:
                    continue
                for line, text in matches(OPENS, file.read_text()):
                    faults.append(f"{file.relative_to(ROOT)}:{line}: expected store to do this: {text}")
        self.faults(faults)
        self.assertGreater(in_store, 0)

    def test_no_room_prints_or_exits(self):
        faults = []
        for room in rooms():
            for file in room.files():
                for line, text in matches(PRINTS, file.read_text()):
                    faults.append(f"{file.relative_to(ROOT)}:{line}: expected nothing to be printed: {text}")
        self.faults(faults)


class Rules(unittest.TestCase):
    """What the tests above look for is found."""

    def test_what_opens(self):
        for line in (
            "#include <fstream>", "std::ifstream in(path);", "std::ofstream(path) << 1;", "FILE* f = fopen(p, m);",
            "if (std::fopen (p, m)) {", "const int fd = ::open(path, O_RDONLY);", "if (fs::exists(path)) {",
            "std::filesystem::create_directories(path);", "for (const auto& e : fs::directory_iterator(path))",
            "std::rename(a, b);", "cairo_svg_surface_create(name, 1, 1);", "#  include <sys/stat.h>",
            "std::system(command);",
        ):  # fmt: skip
            self.assertTrue(list(matches(OPENS, line)), line)
        for line in (
            "// std::ifstream in(path);", "fs::path file;", "brackets.open(true);", "std::filesystem::path parent;",
            'fail("std::ofstream");', "cairo_svg_surface_create_for_stream(append, &bytes, 1, 1);",
            "std::ranges::remove(a, b);", "std::remove_if(a, b, c);", "/* fopen(x)\n fopen(y) */", "std::ostream& out",
            "file.stat(x)",
        ):  # fmt: skip
            self.assertFalse(list(matches(OPENS, line)), line)

    def test_what_prints(self):
        for line in (
            "std::cout << 1;", 'printf("%d", 1);', 'std::fprintf(stderr, "x");', "std::exit(1);", 'fmt::print("x");',
            "abort();",
        ):  # fmt: skip
            self.assertTrue(list(matches(PRINTS, line)), line)
        for line in ("snprintf(a, 1, b);", "fmt::format(x)", "// std::cout", "void on_exit(int);", 'text = "abort()";'):
            self.assertFalse(list(matches(PRINTS, line)), line)

    def test_includes(self):
        code = '#include "superpose/core/error.h"\n// #include "superpose/paper/claims.h"\n#include <fmt/format.h>\n'
        self.assertEqual(list(includes(code)), [(1, "superpose/core/error.h"), (3, "fmt/format.h")])


if __name__ == "__main__":
    unittest.main()
