#!/usr/bin/env python3
"""Writes a C++ source that holds every file of the built dashboard: embed_ui.py DIST OUT.cc

The table is declared in src/api/ui_assets.h. An absent DIST gives an empty table: a build without the dashboard.
"""
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


def array(name, data):
    rows = [data[i : i + 40] for i in range(0, len(data), 40)]
    body = ",\n".join(",".join(str(byte) for byte in row) for row in rows)
    return f"constexpr unsigned char {name}[] = {{\n{body}}};\n"


def main():
    dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(p for p in dist.rglob("*") if p.is_file()) if dist.is_dir() else []
    arrays, entries = [], []
    for number, path in enumerate(files):
        if path.suffix not in TYPES:
            sys.exit(f"embed_ui: no content type for {path.name}; add it to TYPES")
        arrays.append(array(f"kFile{number}", path.read_bytes()))
        url = "/" + path.relative_to(dist).as_posix()
        entries.append(f'{{"{url}", "{TYPES[path.suffix]}", {{reinterpret_cast<const char*>(kFile{number}), sizeof kFile{number}}}}},')
    text = (
        "// Made by tools/embed/embed_ui.py out of the built dashboard.\n"
        '#include "api/ui_assets.h"\n\nnamespace holter::api {\nnamespace {\n'
        + "".join(arrays)
        + "}  // namespace\n\nstd::span<const UiAsset> ui_assets() {\n"
        + ("  static const UiAsset assets[] = {\n    " + "\n    ".join(entries) + "\n  };\n  return assets;\n" if entries else "  return {};\n")
        + "}\n\n}  // namespace holter::api\n"
    )
    out.write_text(text)


main()
