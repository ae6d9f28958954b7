// A compiled filter over records of one subject, for queries and live streams. matches() cannot fail; of another type
// of record it says no. Copies share one constant program; any thread may read it.
//
//   const auto filter = RecordFilter::compile(Subject::results, "outcome != ok or rtt > 20ms");
//   filter->matches(record);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filter/field.h"
#include "filter/mistake.h"
#include "record/record.h"

namespace holter::filter {

class RecordProgram;

class RecordFilter {
 public:
  // Of Subject::packets, a record is a stored packet.
  static Compiled<RecordFilter> compile(Subject subject, std::string_view text);

  bool matches(const record::Record& record) const;
  bool matches(const record::PacketRecord& record) const;
  bool matches(const record::FlowRecord& record) const;
  bool matches(const record::ProbeResult& record) const;
  bool matches(const record::PulseChange& record) const;
  bool matches(const record::PulseMessage& record) const;
  const std::string& text() const;
  // The names of the fields that it asks about, each once.
  const std::vector<std::string>& asked() const;

 private:
  explicit RecordFilter(std::shared_ptr<const RecordProgram> program) : program_(std::move(program)) {}

  std::shared_ptr<const RecordProgram> program_;
};

}  // namespace holter::filter
