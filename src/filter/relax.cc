#include "filter/relax.h"

namespace holter::filter {
namespace {

using Kind = Expression::Kind;

Checked constant(bool value) {
  Checked out;
  out.kind = value ? Kind::all : Kind::any;
  return out;
}

class Relaxation {
 public:
  explicit Relaxation(const std::function<Known(const Condition&)>& known) : known_(known) {}

  // Whether `part` may be `wanted`.
  Checked may_be(const Checked& part, bool wanted) const {
    switch (part.kind) {
      case Kind::comparison: return leaf(part, wanted);
      case Kind::negation: return may_be(part.operands.front(), !wanted);
      case Kind::all: return list(part, wanted, wanted ? Kind::all : Kind::any);
      case Kind::any: break;
    }
    return list(part, wanted, wanted ? Kind::any : Kind::all);
  }

 private:
  Checked leaf(const Checked& part, bool wanted) const {
    switch (known_(part.condition)) {
      case Known::unknown: return constant(true);
      case Known::holds: return constant(wanted);
      case Known::fails: return constant(!wanted);
      case Known::ask: break;
    }
    if (wanted) return part;
    Checked out;
    out.kind = Kind::negation;
    out.operands.push_back(part);
    return out;
  }

  Checked list(const Checked& part, bool wanted, Kind kind) const {
    Checked out;
    out.kind = kind;
    for (const Checked& operand : part.operands) {
      Checked one = may_be(operand, wanted);
      if (is_true(one) || is_false(one)) {
        if (is_true(one) != (kind == Kind::all)) return one;  // it decides
        continue;
      }
      out.operands.push_back(std::move(one));
    }
    if (out.operands.size() != 1) return out;
    Checked only = std::move(out.operands.front());
    return only;
  }

  const std::function<Known(const Condition&)>& known_;
};

}  // namespace

bool is_true(const Checked& checked) { return checked.kind == Kind::all && checked.operands.empty(); }
bool is_false(const Checked& checked) { return checked.kind == Kind::any && checked.operands.empty(); }

Checked relaxed(const Checked& whole, const std::function<Known(const Condition&)>& known) {
  return Relaxation(known).may_be(whole, true);
}

}  // namespace holter::filter
