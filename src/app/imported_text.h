// Files of others on their way in, as every command that takes one treats them: read whole or not at all, and what is
// not taken of them in words.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "imports/imported.h"

namespace holter::app {

// The whole text; the error is a sentence that names the file.
base::Result<std::string> file_to_import(const std::string& path);

// "list.json:4: not taken: key 'colour': nothing of it is known here", a line each.
std::string notes_text(std::string_view path, std::span<const imports::Note> notes);

}  // namespace holter::app
