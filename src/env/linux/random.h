// Random from the kernel's getrandom: unpredictable, never seeded by holter. Any thread.
#pragma once

#include "env/random.h"

namespace holter::env_linux {

class Random final : public env::Random {
 public:
  void fill(std::span<std::uint8_t> into) override;
};

}  // namespace holter::env_linux
