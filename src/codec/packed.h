// Facts and transcripts as bytes, so that each is one text of a column (docs/formats/codec.md). None of them: no bytes.
// Pure; bytes that are unpacked are hostile.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "record/fact.h"
#include "record/transcript.h"

namespace holter::codec {

std::string packed(const record::Facts& facts);
std::string packed(const record::Transcript& transcript);

// ErrorKind::corrupt: too many, too long, of no known type, or bytes that are too few or too many.
base::Result<record::Facts> unpack_facts(std::string_view bytes);
base::Result<record::Transcript> unpack_transcript(std::string_view bytes);

}  // namespace holter::codec
