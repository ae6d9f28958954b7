#include "filter/packet_filter.h"

#include "filter/parser.h"
#include "filter/relax.h"

namespace holter::filter {
namespace {

Known by_packet(const Condition& condition) {
  return live_fields()[condition.field].place == Place::packet ? Known::ask : Known::unknown;
}

void add_needs(const Checked& part, Needs& needs) {
  for (const Checked& operand : part.operands) add_needs(operand, needs);
  if (part.kind != Expression::Kind::comparison) return;
  const LiveField& field = live_fields()[part.condition.field];
  needs.fields = needs.fields || field.needs_list();
  needs.frame = needs.frame || field.needs_frame();
  needs.checksums = needs.checksums || field.needs_checksums();
}

}  // namespace

class PacketProgram {
 public:
  PacketProgram(std::string text, Checked checked) : text_(std::move(text)), checked_(std::move(checked)) {
    needs_ = needs_of(checked_);
    const Checked first = relaxed(checked_, by_packet);
    if (!is_true(first)) hot_.emplace(first);
    if (needs_.more_than_packet()) full_.emplace(checked_);
  }

  const std::string& text() const { return text_; }
  const Checked& checked() const { return checked_; }
  const Needs& needs() const { return needs_; }
  bool may_match(const wire::Packet& packet) const { return !hot_ || hot_->matches(packet); }
  bool matches(const Asked& asked) const { return may_match(asked.packet) && (!full_ || full_->matches(asked)); }

 private:
  std::string text_;
  Checked checked_;
  Needs needs_;
  std::optional<HotProgram> hot_;    // none: the Packet alone refuses nothing
  std::optional<FullProgram> full_;  // none: `hot_` is the whole
};

Needs needs_of(const Checked& checked) {
  Needs out;
  add_needs(checked, out);
  return out;
}

Compiled<PacketFilter> PacketFilter::compile(std::string_view text) {
  const auto expression = parse(Subject::packets, text);
  if (!expression) return expression.error();
  auto checked = check(Subject::packets, *expression);
  if (!checked) return checked.error();
  return PacketFilter(std::string(text), std::move(*checked));
}

PacketFilter::PacketFilter(std::string text, Checked checked)
    : program_(std::make_shared<const PacketProgram>(std::move(text), std::move(checked))) {}

bool PacketFilter::may_match(const wire::Packet& packet) const { return program_->may_match(packet); }
bool PacketFilter::matches(const Asked& asked) const { return program_->matches(asked); }
bool PacketFilter::matches(const wire::Packet& packet) const { return program_->matches({packet, {}, {}}); }
const Needs& PacketFilter::needs() const { return program_->needs(); }
const std::string& PacketFilter::text() const { return program_->text(); }
const Checked& PacketFilter::checked() const { return program_->checked(); }

std::optional<std::string> packet_filter_mistake(std::string_view text) {
  const auto filter = PacketFilter::compile(text);
  if (filter) return std::nullopt;
  return explain_mistake(text, filter.error());
}

}  // namespace holter::filter
