#include "config/show.h"

#include <functional>

#include "base/json_writer.h"
#include "config/keys.h"

namespace holter::config {
namespace {

constexpr std::size_t kCommentColumn = 60;

struct Line {
  std::string table;  // "", "[store]", "[[probe]]": begins where it differs from the line before, or at `first`
  bool first = false;
  std::string name;   // within the table
  std::string value;  // as TOML; empty: absent
  std::string origin;
};

std::string origin_of(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  return found == origins.end() ? "default" : found->second;
}

std::pair<std::string, std::string> split(std::string_view key) {
  const auto dot = key.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(key)};
  return {'[' + std::string(key.substr(0, dot)) + ']', std::string(key.substr(dot + 1))};
}

template <class Owner>
void add_rows(std::vector<Line>& lines, std::span<const Key<Owner>> rows, const Owner& owner, const std::string& table,
              const std::string& origin) {
  bool first = true;
  for (const auto& row : rows) {
    std::string value = row.written(owner);
    if (value.empty() || value == "\"\"" || value == "{}") continue;
    lines.push_back({table, first, std::string(row.name), std::move(value), origin});
    first = false;
  }
}

void add_probes(std::vector<Line>& lines, const Loaded& loaded) {
  for (const auto& probe : loaded.settings.probes) {
    add_rows(lines, probe_keys(), probe, "[[probe]]", origin_of(loaded.origins, "probe " + probe.name));
  }
  for (const auto& module : loaded.settings.modules) {
    add_rows(lines, module_keys(), module, "[[module]]", origin_of(loaded.origins, "module " + module.name));
  }
}

std::vector<Line> lines_of(const Loaded& loaded) {
  std::vector<Line> lines;
  for (const auto& row : settings_keys()) {
    auto [table, name] = split(row.name);
    lines.push_back(
        {table, false, name, row.written(loaded.settings), origin_of(loaded.origins, std::string(row.name))});
  }
  for (const auto& session : loaded.settings.sessions) {
    add_rows(lines, session_keys(), session, "[[session]]", origin_of(loaded.origins, "session " + session.name));
  }
  add_probes(lines, loaded);
  for (const auto& notifier : loaded.settings.notifiers) {
    add_rows(lines, notify_keys(), notifier, "[[notify]]", origin_of(loaded.origins, "notify " + notifier.name));
  }
  return lines;
}

// A value that says "by default" rather than something.
bool is_absent(const std::string& value) { return value.empty() || value == "\"\""; }

std::string text_of(const std::vector<Line>& lines) {
  std::string text;
  std::string table;
  for (const auto& line : lines) {
    if (line.first || line.table != table) text += (text.empty() ? "" : "\n") + line.table + '\n';
    table = line.table;
    std::string setting = line.name + " = " + line.value;
    // Absent values are comments, so that the text loads to the same settings.
    if (is_absent(line.value)) setting = '#' + line.name + " =";
    if (setting.size() < kCommentColumn) setting.append(kCommentColumn - setting.size(), ' ');
    text += setting + "  # " + base::UntrustedText(line.origin).for_terminal() + '\n';
  }
  return text;
}

template <class Owner>
void explain_rows(std::string& text, std::span<const Key<Owner>> rows, const Owner& defaults) {
  for (const auto& row : rows) {
    const std::string value = row.example.empty() ? row.written(defaults) : std::string(row.example);
    text +=
        "# " + std::string(row.help) + (row.other ? ".\n#   " : ".\n#") + std::string(row.name) + " = " + value + "\n";
  }
}

}  // namespace

std::string show(const Loaded& loaded) { return text_of(lines_of(loaded)); }

std::string show_probes(const Loaded& loaded) {
  std::vector<Line> lines;
  add_probes(lines, loaded);
  return text_of(lines);
}

std::string show_json(const Loaded& loaded) {
  base::JsonWriter json;
  json.begin_object().key("settings").begin_array();
  for (const auto& line : lines_of(loaded)) {
    json.begin_object().member("table", line.table).member("key", line.name);
    json.member("value", line.value).member("origin", line.origin).end_object();
  }
  json.end_array().end_object();
  return json.take();
}

std::string template_text() {
  const Settings defaults;
  std::string text =
      "# The configuration of holter: docs/configuration.md. What is commented out has its default, or is an example.\n"
      "# `holter config check` reads it without starting anything; SIGHUP makes a running holter read it anew.\n\n"
      "# A directory: every *.toml in it is read as well, in the order of names.\n#include = \"conf.d\"\n";
  std::string table;
  for (const auto& row : settings_keys()) {
    const auto [its_table, name] = split(row.name);
    text += '\n';
    if (its_table != table) text += its_table + '\n';
    table = its_table;
    const std::string value = row.example.empty() ? row.written(defaults) : std::string(row.example);
    text += "# " + std::string(row.help) + ".\n#" + name + " = " + value + "\n";
  }
  text +=
      "\n# A session that is expected: listed from the start, down if it never comes. As many as there "
      "are.\n#[[session]]\n";
  explain_rows(text, session_keys(), SessionSettings());
  text += "\n# A probe. As many as there are.\n#[[probe]]\n";
  explain_rows(text, probe_keys(), record::ProbePlan());
  text +=
      "\n# A way to probe, for whoever asks for it by /probe?module=NAME&target=TARGET (http.probe).\n#[[module]]\n";
  explain_rows(text, module_keys(), record::ProbePlan());
  text +=
      "\n# Somebody who is told of changes of sessions (docs/notifications.md). As many as there are.\n#[[notify]]\n";
  explain_rows(text, notify_keys(), notify::Options());
  return text;
}

std::vector<std::string> needs_restart(const Settings& running, const Settings& wanted) {
  std::vector<std::string> keys;
  for (const auto& row : settings_keys()) {
    if (row.restart && row.written(running) != row.written(wanted)) keys.emplace_back(row.name);
  }
  return keys;
}

}  // namespace holter::config
