#include "config/sources.h"

#include <algorithm>

#include "imports/list.h"

namespace holter::config {
namespace {

std::string why_unreadable(const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::not_found: return "there is no such file; `holter config init` makes one";
    case base::ErrorKind::permission:
      return "this user may not read it; a holter that was started as root reads it as the user that it becomes";
    case base::ErrorKind::too_large: return "is larger than 1 MiB";
    default: return "cannot be read: " + error.message;
  }
}

// What cannot be probed is a mistake; what is merely not known of an entry is told by `holter config import`.
void read_list(const std::string& path, std::string_view text, std::vector<Source>& sources, Mistakes& mistakes) {
  auto imported = imports::read_list(text);
  if (!imported) return mistakes.push_back({path, {}, imported.error().message});
  for (const auto& entry : imported->probes) {
    if (!entry.fault.empty()) mistakes.push_back({path, {entry.line, 1}, entry.fault});
  }
  std::erase_if(imported->probes, [](const imports::Entry& entry) { return !entry.fault.empty(); });
  sources.push_back({path, {}, std::move(imported->probes)});
}

void read_source(env::Files& files, const std::string& path, std::vector<Source>& sources, Mistakes& mistakes) {
  const auto text = env::read_text(files, path, kMaxFileBytes);
  if (!text) return mistakes.push_back({path, {}, why_unreadable(text.error())});
  if (imports::looks_like_list(*text)) return read_list(path, *text, sources, mistakes);
  auto parsed = parse(*text, path);
  if (auto* mistake = std::get_if<Mistake>(&parsed)) return mistakes.push_back(std::move(*mistake));
  sources.push_back({path, std::move(std::get<Value>(parsed)), {}});
}

const Value* include_of(const Source& source) {
  const auto found = std::ranges::find(source.root.members, "include", &Value::key);
  return found == source.root.members.end() ? nullptr : &*found;
}

// Relative to the file that includes it.
std::string directory_of(const std::string& file, const std::string& include) {
  const auto slash = file.rfind('/');
  return include.starts_with('/') || slash == std::string::npos ? include : file.substr(0, slash + 1) + include;
}

}  // namespace

std::vector<Source> read_sources(env::Files& files, const std::string& path, Mistakes& mistakes) {
  std::vector<Source> sources;
  read_source(files, path, sources, mistakes);
  const Value* include = sources.empty() ? nullptr : include_of(sources.front());
  if (include == nullptr) return sources;
  const Place place = include->place;
  if (include->kind != Value::Kind::text) {
    mistakes.push_back({path, place, "include: a directory as \"conf.d\" is wanted"});
    return sources;
  }
  const std::string directory = directory_of(path, include->text);
  const auto names = files.list(directory);
  if (!names) {
    mistakes.push_back({path, place, "include: " + names.error().message});
    return sources;
  }
  std::size_t count = 1;
  for (const auto& name : *names) {
    if (!name.ends_with(".toml")) continue;
    if (count++ == kMaxFiles) {
      mistakes.push_back({path, place, "include: " + directory + " has more than 255 files"});
      break;
    }
    read_source(files, directory + '/' + name, sources, mistakes);
    const Value* nested = sources.back().file == directory + '/' + name ? include_of(sources.back()) : nullptr;
    if (nested != nullptr) mistakes.push_back({sources.back().file, nested->place, "an included file includes none"});
  }
  return sources;
}

}  // namespace holter::config
