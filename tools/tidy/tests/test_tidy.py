"""Each check of tools/tidy can fail: a small tree that breaks one rule, and the finding that must come of it."""

import pathlib
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import ancestors
import documents
import headers
import log_words
import module_graph
import sizes
import symbols
import tree
import words


class Checked(unittest.TestCase):
    """A tree in a temporary folder, written from {path: text}."""

    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for path, text in files.items():
            place = pathlib.Path(folder.name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(textwrap.dedent(text), encoding="utf-8")
        return tree.Tree(folder.name)

    def assertFinds(self, findings, *expected):
        findings = list(findings[0] if isinstance(findings, tuple) else findings)
        self.assertEqual(len(findings), len(expected), findings)
        for finding, text in zip(findings, expected):
            self.assertIn(text, finding)


class CodeOf(unittest.TestCase):
    def test_comments_and_strings_go_and_lines_stay(self):
        code = tree.code_of('int a; // TODO\n/* x\ny */ f("a\\"b//", 1\'000, \'"\');\nauto r = R"x(" { )x";')
        self.assertEqual(code.count("\n"), 3)
        for gone in ("TODO", "y", "b//", "{"):
            self.assertNotIn(gone, code)
        self.assertIn("1'000", code)

    def test_includes_stay(self):
        self.assertEqual(tree.code_of('#include "base/id.h"\n'), '#include "base/id.h"\n')


GRAPH = {
    "src/base/CMakeLists.txt": "holter_module(base LIBRARIES fmt::fmt)",
    "src/env/CMakeLists.txt": "holter_module(env DEPENDS base)",
    "src/env/linux/CMakeLists.txt": "holter_module(env_linux DEPENDS env base)",
    "src/wire/CMakeLists.txt": "holter_module(wire DEPENDS base)",
    "src/spool/CMakeLists.txt": "holter_module(spool\n  DEPENDS env base store # a comment\n  TEST_DEPENDS sim)",
    "src/store/CMakeLists.txt": "holter_module(store DEPENDS env base)",
    "src/config/CMakeLists.txt": "holter_module(config DEPENDS base)",
    "sim/CMakeLists.txt": "holter_module(sim DEPENDS env base LABEL sim)",
}


class ModuleGraph(Checked):
    def finds(self, path, include, *expected, more=None):
        files = {**GRAPH, path: f"#include {include}\n", **(more or {})}
        self.assertFinds(module_graph.check(self.tree(files)), *expected)

    def test_what_depends_names_may_be_included(self):
        self.finds("src/wire/arp.cc", '"base/ip.h"')
        self.finds("src/env/linux/clock.cc", '"env/clock.h"')
        self.finds("src/spool/chunk_test.cc", '"sim/world.h"')
        self.finds("sim/world.cc", "<boost/asio/io_context.hpp>")

    def test_an_include_outside_depends(self):
        self.finds("src/base/ip.cc", '"wire/link/arp.h"', "wire is not in DEPENDS of base")

    def test_pure_parts(self):
        self.finds("src/wire/arp.cc", '"env/clock.h"', "never-list 2")
        self.finds("src/wire/arp.h", "<boost/asio/awaitable.hpp>", "never-list 2")
        detector = {"src/heartbeat/CMakeLists.txt": "holter_module(heartbeat DEPENDS env base)"}
        self.finds("src/heartbeat/detector.h", '"env/env.h"', "never-list 2", more=detector)
        self.finds("src/heartbeat/listener.h", '"env/env.h"', more=detector)

    def test_sides(self):
        self.finds("src/spool/chunk.cc", '"store/store.h"', "never-list 3")

    def test_production_and_the_simulator(self):
        self.finds("src/spool/chunk.cc", '"sim/world.h"', "never-list 6")
        self.finds("src/base/ip.cc", "<gtest/gtest.h>", "never-list 6")

    def test_config_real_world_asio_beast_and_logger(self):
        self.finds("src/store/writer.cc", '"config/config.h"', "never-list 1")
        self.finds("src/store/writer.cc", '"env/linux/clock.h"', "never-list 5")
        self.finds("src/store/writer.cc", "<boost/asio/post.hpp>", "env/task.h")
        self.finds("src/store/writer.cc", "<boost/beast/http.hpp>", "src/http")
        self.finds("src/store/writer.cc", "<spdlog/spdlog.h>", "env/log.h")

    def test_wire_protocols_meet_in_dispatch(self):
        ipv4 = {"src/wire/network/ipv4.h": '#include "wire/decoder.h"\n', "src/wire/dispatch.cc": '#include "wire/network/ipv4.h"\n',
                "src/wire/network/ipv4.cc": '#include "wire/network/ipv4.h"\n',
                "src/wire/network/ipv4_test.cc": '#include "wire/network/ipv4.h"\n'}
        built = {"src/wire/CMakeLists.txt": "holter_module(wire DEPENDS base FOLDERS network transport)"}
        self.finds("src/wire/transport/tcp.cc", '"wire/network/ipv4.h"', "never-list 7", more=ipv4 | built)

    def test_circles(self):
        self.assertFinds(module_graph.check(self.tree({"src/a/CMakeLists.txt": "holter_module(a DEPENDS b)",
                                                       "src/b/CMakeLists.txt": "holter_module(b DEPENDS a)"})),
                         "a -> b -> a")

    def test_files_that_nobody_builds(self):
        self.assertFinds(module_graph.check(self.tree({"tests/CMakeLists.txt": "add_executable(t golden/a_test.cc)",
                                                       "tests/golden/a_test.cc": "", "tests/golden/b_test.cc": ""})),
                         "b_test.cc:1: no CMakeLists.txt builds this file")

    def test_the_folders_that_a_module_names_are_built(self):
        files = {"src/a/CMakeLists.txt": "holter_module(a FOLDERS x y\n  DEPENDS base)", "src/a/y/b.cc": ""}
        self.assertFinds(module_graph.check(self.tree(files)))
        self.assertFinds(module_graph.check(self.tree({**files, "src/a/z/c.cc": ""})), "z/c.cc:1: no CMakeLists.txt")
        self.assertFinds(module_graph.check(self.tree({**files, "src/a/base/d.cc": ""})), "base/d.cc:1: no CMakeLists.txt")

    def test_a_folder_without_a_module(self):
        self.assertFinds(module_graph.check(self.tree({"src/new/a.h": "#pragma once\n"})), "in no module")


class Sizes(Checked):
    def test_short_code_passes(self):
        self.assertFinds(sizes.check(self.tree({"src/a/a.cc": "int f() {\n  return 1;\n}\n"})))

    def test_long_file_function_and_line(self):
        body = "  g();\n" * 69
        self.assertFinds(sizes.check(self.tree({"src/a/a.cc": f"void f() {{\n{body}}}\n"})), "f has 71 lines")
        self.assertFinds(sizes.check(self.tree({"src/a/a.h": "//\n" * 501})), "501 lines")
        self.assertFinds(sizes.check(self.tree({"src/a/a.h": "// " + "x" * 118 + "\n"})), "121 columns")

    def test_only_functions_are_measured(self):
        body = "  int x;\n" * 80
        method = "  C() : a_{1}, b_(2) {\n" + "    g();\n" * 70 + "  }\n"
        code = f"namespace n {{\nclass C final : public B {{\n{body}{method}}};\nenum class E {{\n  a,\n}};\n}}\n"
        self.assertFinds(sizes.check(self.tree({"src/a/a.cc": code})), "C has 72 lines")

    def test_tables_and_blocks_inside(self):
        code = "constexpr int kTable[] = {\n" + "  1,\n" * 80 + "};\nint f() {\n  if (a) {\n    b();\n  }\n}\n"
        self.assertEqual([(name, size) for _, size, name in sizes.functions(code)], [("f", 5)])


class Headers(Checked):
    def test_headers(self):
        self.assertFinds(headers.check(self.tree({"src/a/a.h": "// Why.\n#pragma once\n"})))
        self.assertFinds(headers.check(self.tree({"src/a/a.h": "// Why.\n"})), "no #pragma once")
        self.assertFinds(headers.check(self.tree({"src/a/a.h": "#pragma once\n" + "\n" * 14 + "// Late.\n"})),
                         "no comment in the first 15 lines")

    def test_own_header_first(self):
        self.assertFinds(headers.check(self.tree({"src/a/a.h": "// Why.\n#pragma once\n",
                                                  "src/a/a.cc": '#include <map>\n#include "a/a.h"\n'})),
                         "before its own header")


class Symbols(Checked):
    LISTING = textwrap.dedent("""
        clock.cc.o:
                         U clock_gettime@GLIBC_2.17
                         U std::chrono::_V2::steady_clock::now()
                         U holter::base::open(int)
        other.cc.o:
                         U std::basic_ifstream<char, std::char_traits<char> >::basic_ifstream()
                         U malloc
        """)

    def test_banned_symbols(self):
        self.assertFinds(symbols.findings_of("libholter_x.a", self.LISTING), "(clock.cc.o): calls clock_gettime:",
                         "(clock.cc.o): calls std::chrono::_V2::steady_clock::now:", "(other.cc.o): calls std::basic_ifstream")

    def test_exempt_and_allowed(self):
        self.assertFinds(symbols.findings_of("libholter_env_linux.a", self.LISTING))
        table = (("libholter_x.a", "clock.cc.o", "*", "why"), ("libholter_x.a", "other.cc.o", "std::basic_ifstream*", "why"))
        self.assertFinds(symbols.findings_of("libholter_x.a", self.LISTING, table))

    def test_nothing_built(self):
        nothing = self.tree({})
        self.assertFinds(symbols.check(nothing, nothing.root), "build first")

    def test_each_exception_has_a_reason(self):
        for entry in symbols.ALLOWED:
            self.assertGreater(len(entry[3]), 10)


class Words(Checked):
    def finds(self, code, *expected, path="src/spool/chunk.cc"):
        self.assertFinds(words.check(self.tree({path: code})), *expected)

    def test_identifiers_by_their_parts(self):
        self.finds("int last_latency = 0;\n", "last_latency: not 'latency'")
        self.finds("class PacketDissector;\n", "PacketDissector: not 'dissector'")
        self.finds("// The dissector's latency.\nconst char* text = \"alarm\"; int beaten, escaping;\n")
        self.finds("", "a file named 'utils'", path="src/base/utils.cc")

    def test_calls_away_from_home(self):
        for code in ("asio::detached", "cancel_after(t)", "asio::steady_timer t", "std::mutex m", "std::thread t",
                     "std::printf(x)", "std::cout << 1", "fwrite(a)", "std::regex r", "void ResetForTest()"):
            self.finds(code + ";\n", ":1:")
        self.finds("#ifdef HOLTER_SIM\n#if SIM\n", ":1:", ":2:")

    def test_calls_at_home(self):
        self.finds("asio::steady_timer t; std::mutex m;\n", path="src/env/task.cc")
        self.finds("std::fwrite(a);\n", path="src/app/terminal.cc")
        self.finds("std::thread t;\n", path="src/spool/chunk_test.cc")
        self.finds("int snprintf_like; fmt::format_to(out);\n")

    def test_comments(self):
        self.finds("// TODO(me): later\n", "TODO")
        self.finds("// int x = 1;\n// f(x);\n", "code in comments")
        self.finds("// How to use it:\n//   Chunk chunk;\n//   chunk.put(1);\n// It keeps what it is given;\n// it ends.\n")

    def test_coroutines(self):
        self.finds("auto f = [this](int x) -> env::Task<> { co_return; };\n", "must not capture")
        self.finds("auto f = [](C* c) -> env::Task<> { co_await c->run(); };\n")
        self.finds("auto f = [c](int) -> env::Task<> { return [](C d) -> env::Task<> { co_return; }(c); };\n")
        self.finds("try { f(); } catch (const E& e) { if (x) { co_await g(); } }\n", "co_await in a catch")


class Ancestors(Checked):
    TABLE = "| what it did | holter | shown by |\n|---|---|---|\n"
    TEST = "class A:\n    def test_it(self):\n        pass\n\n    def helper(self):\n        pass\n"

    def of(self, *rows):
        table = self.TABLE + "".join(f"| x | y | {row} |\n" for row in rows)
        return ancestors.check(self.tree({"docs/ancestors.md": table, "tests/e2e/a_test.py": self.TEST}))

    def test_shown_or_not_yet(self):
        findings, summary = self.of("`a_test.py A.test_it`", "not yet: compat", "`a_test.py A.test_it`, in part")
        self.assertEqual((findings, summary), ([], "2 rows shown by a test, 1 not yet"))

    def test_what_is_not_there(self):
        self.assertFinds(self.of("`a_test.py A.test_it`", "`b_test.py A.test_it`", "`a_test.py B.test_it`",
                                 "`a_test.py A.helper`", "surely", "", "not yet"),
                         "no tests/e2e/b_test.py", "has no B.test_it", "has no A.helper", "names no test",
                         "names no test", "'not yet' of what?")

    def test_other_tables_are_left_alone(self):
        findings, _ = ancestors.check(self.tree({
            "docs/ancestors.md": self.TABLE + "| x | y | `a_test.py A.test_it` |\n\n| a | b |\n|---|---|\n| c | d |\n",
            "tests/e2e/a_test.py": self.TEST}))
        self.assertEqual(findings, [])

    def test_a_document_without_rows_is_not_passed_over(self):
        self.assertFinds(self.of(), "no row is shown")
        self.assertFinds(ancestors.check(self.tree({})), "is missing")


class LogWords(Checked):
    TABLE = 'constexpr std::array kLogComponents = {"probe", "store"};\n'

    def finds(self, code, *expected):
        files = {"src/env/log.h": self.TABLE, "src/a.cc": 'env.log.info("probe", "x"); log_.warn("store", "y");\n' + code}
        self.assertFinds(log_words.check(self.tree(files)), *expected)

    def test_calls(self):
        self.finds('constexpr std::string_view kWho = "store";\nlog.debug(kWho, "z", {{"k", 1}});')
        self.finds('core->around.log.error("stoer", "z");', "src/a.cc:2: logs as 'stoer'")
        self.finds('log.error(\n    "store",\n    "a "\n    "b=c");', "a message with '='")

    def test_table(self):
        self.assertFinds(log_words.check(self.tree({"src/env/log.h": self.TABLE})), "as 'probe'", "as 'store'")


class Documents(Checked):
    FILES = {"Makefile": "run: build  ## runs\nbuild:\nARGS := 1\n"}
    HELP = "holter\n\nRecord\n  run           Record\n\nLook\n  config check  Look\n  status        Show\n\nmake sense of holter soup\n"

    def test_readme(self):
        readme = "Type `make run ARGS=1`, then `holter status --json`.\n\n```\n$ make soup\n$ build/release/holter soup\n```\n"
        files = self.tree({**self.FILES, "README.md": readme + "We make holter soup of holter packets.\n"})
        self.assertFinds(documents.readme(files, documents.subcommands(self.HELP)), "README.md:4: make soup",
                         "README.md:5: holter soup")

    def test_a_readme_without_a_program_is_not_passed_over(self):
        files = self.tree({**self.FILES, "README.md": ""})
        self.assertFinds(documents.check(files, str(files.root / "holter")), "not built")

    def test_module_table(self):
        table = "| folder | what |\n|---|---|\n| `src/base` | x |\n| `src/gone` | y |\n"
        files = {"ARCHITECTURE.md": table, "src/base/a.h": "", "src/base/part/b.h": "", "src/env/linux/a.h": ""}
        files |= {f"src/{folder}/CMakeLists.txt": "" for folder in ("base", "env/linux", "empty")}
        self.assertFinds(documents.check(self.tree(files), "holter"), "src/env/linux is not in", "names src/gone")

    def test_design_numbers(self):
        dense = {"docs/design/0001-a.md": "", "docs/design/0002-b.md": "", "docs/design/README.md": ""}
        self.assertFinds(documents.check(self.tree(dense), "holter"))
        self.assertFinds(documents.check(self.tree({**dense, "docs/design/0004-d.md": ""}), "holter"), "record 0003")
        self.assertFinds(documents.check(self.tree({**dense, "docs/design/0002-c.md": ""}), "holter"), "record 0003")

    def test_links(self):
        files = {"docs/api.md": "[a](formats/a.md) [b](gone.md#x) [c](https://example.net) [d](#here)\n\n    a[b](c)\n",
                 "docs/formats/a.md": ""}
        self.assertFinds(documents.check(self.tree(files), "holter"), "gone.md leads nowhere")


if __name__ == "__main__":
    unittest.main()
