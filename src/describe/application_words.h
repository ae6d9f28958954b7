// What applications say, in a few words: "query A example.com", "ClientHello example.com". Pure. The text is safe for a
// terminal.
#pragma once

#include <string>

#include "wire/field_list.h"

namespace holter::describe {

// In at most 6 columns: "DNS", "TLS"; empty when no message of an application was listed.
std::string_view application_name(const wire::FieldList& fields);

// Empty when there is nothing to say.
std::string application_words(const wire::FieldList& fields);

}  // namespace holter::describe
