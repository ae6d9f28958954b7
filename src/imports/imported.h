// What was read out of somebody else's configuration: probes as holter plans them, and a note for whatever could not
// be taken, with its line. Nothing is lost silently: what is neither in a plan nor in a note is a defect. Plain values;
// texts come from a file and are not trusted.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "record/probe_plan.h"

namespace holter::imports {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;
inline constexpr std::size_t kMaxNotes = 1'000;  // the last one says how many more there are

struct Note {
  std::uint32_t line = 0;   // from 1; 0: of no line
  std::string text;         // what is not taken, and why; without a full stop
  bool of_targets = false;  // the line is one of the second file, that of the targets

  friend bool operator==(const Note&, const Note&) = default;
};

// Something to be probed. With a `fault` it never can be: then this is what whoever probes it is told.
struct Entry {
  std::uint32_t line = 0;
  record::ProbePlan plan;
  std::string fault = {};
};

struct Imported {
  std::vector<Entry> probes;
  std::vector<Entry> modules;  // without a target: ways to probe whatever is asked for
  std::vector<Note> notes;

  void note(std::uint32_t line, std::string text);

 private:
  std::size_t left_out_ = 0;
};

// A name that nothing else has: "web", then "web-2".
std::string unique_name(std::set<std::string>& taken, const std::string& wanted);

}  // namespace holter::imports
