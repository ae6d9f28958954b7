// What somebody gave to a command: options and operands by the names of its grammar row. Every value was found right by
// the parser, so that reading one cannot fail; to ask for a name that the row does not have is a defect of the program.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "cli/grammar.h"
#include "base/host_and_port.h"

namespace holter::cli {

class Arguments {
 public:
  // `command` outlives this.
  explicit Arguments(const Command& command) : command_(&command) {}
  void add(std::string_view name, std::string value);

  const Command& command() const { return *command_; }
  // A flag was given, or an option or operand with a value.
  bool has(std::string_view name) const { return !texts(name).empty(); }
  // Of an option that may be given several times, in their order.
  const std::vector<std::string>& texts(std::string_view name) const;

  // The last value given, or the fallback.
  std::string text(std::string_view name, std::string fallback = "") const;
  std::uint64_t count(std::string_view name, std::uint64_t fallback) const;
  std::optional<base::Duration> duration(std::string_view name) const;
  std::optional<base::Endpoint> endpoint(std::string_view name) const;
  std::optional<base::HostAndPort> host(std::string_view name) const;

 private:
  const Command* command_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;  // a flag has one empty value
};

}  // namespace holter::cli
