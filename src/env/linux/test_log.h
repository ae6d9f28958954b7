// A Log that keeps the messages, for the tests of this folder. Any one thread.
#pragma once

#include <string>
#include <vector>

#include "env/log.h"

namespace holter::env_linux {

class TestLog final : public env::Log {
 public:
  void write(env::LogLevel, std::string_view, std::string_view message, std::initializer_list<env::LogField>) override {
    messages.emplace_back(message);
  }

  std::vector<std::string> messages;
};

}  // namespace holter::env_linux
