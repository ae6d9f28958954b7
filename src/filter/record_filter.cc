#include "filter/record_filter.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "filter/assemble.h"
#include "filter/parser.h"
#include "filter/record_field.h"
#include "filter/stored_packet.h"

namespace holter::filter {
namespace {

struct Instruction : Jump {
  Load load = nullptr;
  Condition condition;
};

bool holds(const Condition& condition, const Values::Value& value) {
  switch (condition.test) {
    case Condition::Test::numbers: return contains(condition.numbers, value.number);
    case Condition::Test::addresses: return condition.addresses.contains(value.is_v6, value.address);
    case Condition::Test::text_is:
    case Condition::Test::text_contains:
    case Condition::Test::text_matches:
    case Condition::Test::tcpdump: break;
  }
  return condition.text_holds(value.text);
}

bool holds(const Instruction& instruction, const Source& source) {
  Values values;
  instruction.load(source, values);
  if (values.all().empty()) return false;
  const auto any = [&](const Values::Value& value) { return holds(instruction.condition, value); };
  return std::ranges::any_of(values.all(), any) != instruction.condition.negated;
}

Load load_of_field(Subject subject, std::size_t field) {
  switch (subject) {
    case Subject::packets: break;
    case Subject::conversations: return conversation_fields()[field].load;
    case Subject::results: return result_fields()[field].load;
    case Subject::sessions: return session_fields()[field].load;
    case Subject::network: return network_fields()[field].load;
  }
  return nullptr;
}

void note_fields(const Expression& expression, std::vector<std::string>& names) {
  const std::string& field = expression.comparison.field;
  const bool known = expression.kind != Expression::Kind::comparison || std::ranges::find(names, field) != names.end();
  if (!known) names.push_back(field);
  for (const Expression& operand : expression.operands) note_fields(operand, names);
}

bool is_of(Subject subject, const Source& source) {
  switch (subject) {
    case Subject::packets: return false;
    case Subject::conversations: return std::holds_alternative<const record::FlowRecord*>(source);
    case Subject::results: return std::holds_alternative<const record::ProbeResult*>(source);
    case Subject::network: return std::holds_alternative<const record::NetworkChange*>(source);
    case Subject::sessions: break;
  }
  return std::holds_alternative<const record::PulseChange*>(source) ||
         std::holds_alternative<const record::PulseMessage*>(source);
}

}  // namespace

class RecordProgram {
 public:
  RecordProgram(Subject subject, std::string text, const Expression& expression, const Checked& checked)
      : subject_(subject), text_(std::move(text)) {
    note_fields(expression, asked_);
    if (subject == Subject::packets) {
      packets_ = PacketFilter(text_, checked);
      return;
    }
    const auto make = [subject](const Condition& condition) {
      Instruction out;
      out.load = load_of_field(subject, condition.field);
      out.condition = condition;
      return out;
    };
    code_ = Assembler<Instruction, decltype(make)>(make).assemble(checked);
  }

  const std::string& text() const { return text_; }
  const std::vector<std::string>& asked() const { return asked_; }

  bool matches(const record::PacketRecord& record) const { return packets_ && matches_stored(*packets_, record); }
  bool matches(const Source& source) const {
    if (!is_of(subject_, source)) return false;
    std::uint16_t at = 0;
    do {
      const Instruction& instruction = code_[at];
      at = holds(instruction, source) ? instruction.if_true : instruction.if_false;
    } while (at < kReject);
    return at == kAccept;
  }

 private:
  Subject subject_;
  std::string text_;
  std::vector<std::string> asked_;
  std::optional<PacketFilter> packets_;  // of Subject::packets; then there is no code
  std::vector<Instruction> code_;
};

Compiled<RecordFilter> RecordFilter::compile(Subject subject, std::string_view text) {
  const auto expression = parse(subject, text);
  if (!expression) return expression.error();
  const auto checked = check(subject, *expression);
  if (!checked) return checked.error();
  return RecordFilter(std::make_shared<const RecordProgram>(subject, std::string(text), *expression, *checked));
}

bool RecordFilter::matches(const record::Record& record) const {
  return std::visit(
      [this](const auto& body) {
        if constexpr (std::is_same_v<decltype(body), const record::PacketRecord&>) {
          return program_->matches(body);
        } else if constexpr (std::is_constructible_v<Source, decltype(&body)>) {
          return program_->matches(Source(&body));
        } else {
          return false;  // a type that is no subject
        }
      },
      record);
}

bool RecordFilter::matches(const record::PacketRecord& record) const { return program_->matches(record); }
bool RecordFilter::matches(const record::FlowRecord& record) const { return program_->matches(Source(&record)); }
bool RecordFilter::matches(const record::ProbeResult& record) const { return program_->matches(Source(&record)); }
bool RecordFilter::matches(const record::PulseChange& record) const { return program_->matches(Source(&record)); }
bool RecordFilter::matches(const record::PulseMessage& record) const { return program_->matches(Source(&record)); }
const std::string& RecordFilter::text() const { return program_->text(); }
const std::vector<std::string>& RecordFilter::asked() const { return program_->asked(); }

}  // namespace holter::filter
