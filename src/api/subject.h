// What can be asked for and followed: the five kinds of stored records that people look through. Each names its
// record types and the lane they are numbered in. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "record/record.h"

namespace holter::api {

enum class Subject : std::uint8_t {
  results,        // ProbeResult
  sessions,       // PulseChange and PulseMessage
  packets,        // PacketRecord
  conversations,  // FlowRecord
  network,        // NetworkChange
};
inline constexpr std::size_t kSubjectCount = 5;
inline constexpr std::array<Subject, kSubjectCount> kSubjects = {Subject::results, Subject::sessions, Subject::packets,
                                                                 Subject::conversations, Subject::network};

// "results", "sessions", ...
std::string_view to_string(Subject subject);
std::vector<std::size_t> types_of(Subject subject);
record::Lane lane_of(Subject subject);
// Empty for records of no subject.
std::optional<Subject> subject_of(const record::Record& record);

}  // namespace holter::api
