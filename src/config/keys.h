// The table of everything that holter.toml can say: name, meaning, how it is read and how it is written. Decoding, the
// template, `holter config show`, docs/configuration.md and what needs a restart all come from these rows. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/words.h"

namespace holter::config {

template <class Owner>
struct Key {
  std::string_view name;  // with its table: "store.budget"
  std::string_view help;  // one line without a full stop
  Wrong (*read)(const Value& value, Owner& into) = nullptr;
  std::string (*written)(const Owner& from) = nullptr;  // as TOML; empty where it is absent
  std::string_view example = {};                        // as TOML, for the template; the default where empty
  bool other = false;                                   // one that another key rules out: the template has its example
                                                        // as a remark
  bool restart = false;                                 // a change is taken over by a restart only
};

std::span<const Key<Settings>> settings_keys();
std::span<const Key<SessionSettings>> session_keys();   // of a [[session]]
std::span<const Key<record::ProbePlan>> probe_keys();   // of a [[probe]]
std::span<const Key<record::ProbePlan>> module_keys();  // of a [[module]]
std::span<const Key<notify::Options>> notify_keys();    // of a [[notify]]

}  // namespace holter::config
