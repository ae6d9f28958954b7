#include "env/files.h"

namespace holter::env {
namespace {

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

base::Result<std::string> read_text(Files& files, const std::string& path, std::size_t limit) {
  auto file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  std::string text(limit + 1, '\0');
  auto* bytes = reinterpret_cast<std::uint8_t*>(text.data());
  auto got = (*file)->read_at(0, std::span(bytes, text.size()));
  if (!got) return got.error();
  if (*got > limit) {
    return base::Error{base::ErrorKind::too_large, path + " is larger than " + std::to_string(limit) + " bytes"};
  }
  text.resize(*got);
  return text;
}

base::Result<void> replace_text(Files& files, const std::string& path, std::string_view text) {
  const std::string aside = path + ".new";
  auto file = files.open(aside, OpenMode::create);
  if (!file) return file.error();
  if (auto done = (*file)->truncate(0); !done) return done;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (auto done = (*file)->write_at(0, base::Bytes(bytes, text.size())); !done) return done;
  if (auto done = (*file)->sync(); !done) return done;
  if (auto done = files.rename(aside, path); !done) return done;
  return files.sync_directory(directory_of(path));
}

}  // namespace holter::env
