#include "app/imported_text.h"

#include "base/untrusted_text.h"
#include "env/linux/files.h"

namespace holter::app {

base::Result<std::string> file_to_import(const std::string& path) {
  env_linux::Files files;
  auto text = env::read_text(files, path, imports::kMaxFileBytes);
  if (text) return text;
  switch (text.error().kind) {
    case base::ErrorKind::not_found: return base::Error{text.error().kind, path + ": there is no such file"};
    case base::ErrorKind::too_large: return base::Error{text.error().kind, path + ": is larger than 1 MiB"};
    default: return base::with_context(path + ": cannot be read", text.error());
  }
}

std::string notes_text(std::string_view path, std::span<const imports::Note> notes) {
  std::string text;
  for (const auto& note : notes) {
    text += base::UntrustedText(path).for_terminal();
    if (note.line > 0) text += ':' + std::to_string(note.line);
    text += ": not taken: " + note.text + '\n';
  }
  return text;
}

}  // namespace holter::app
