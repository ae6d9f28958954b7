#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "conformance/arm.h"
#include "env/linux/loop.h"

namespace holter::conformance {
namespace {

class SilentLog final : public env::Log {
 public:
  void write(env::LogLevel, std::string_view, std::string_view, std::initializer_list<env::LogField>) override {}
};

}  // namespace

void run_real(Body body) {
  std::string directory = (std::filesystem::temp_directory_path() / "holter-conformance-XXXXXX").string();
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  SilentLog log;
  auto loop = env_linux::Loop::create(log);
  ASSERT_TRUE(loop);
  (*loop)->run(body({(*loop)->env(), directory}));
  loop->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace holter::conformance
