#include "env/linux/file_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "env/linux/test_directory.h"

namespace holter::env_linux {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

base::WallTime at(std::int64_t seconds) { return base::WallTime::from_nanoseconds(seconds * kSecond); }

base::Result<void> write(FileSeries& series, std::int64_t seconds, const std::string& text) {
  const auto file = series.next(at(seconds));
  if (!file) return file.error();
  return (*file)->write_all(base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST(FileSeries, NamesHaveANumberAndAMoment) {
  EXPECT_EQ(series_name("/tmp/a.b/out.pcapng", 1, at(1)), "/tmp/a.b/out_00001_19700101T000001Z.pcapng");
  EXPECT_EQ(series_name("out", 12, at(60)), "out_00012_19700101T000100Z");
  EXPECT_EQ(series_name("/tmp/a.b/.out", 123'456, at(0)), "/tmp/a.b/.out_123456_19700101T000000Z");
}

TEST(FileSeries, KeepsTheNewestOfItsOwn) {
  const TestDirectory directory;
  std::ofstream(directory / "out_00000_19691231T235959Z.pcapng") << "not ours";
  auto series = FileSeries::start({directory / "out.pcapng", 2});
  ASSERT_TRUE(series);
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(write(**series, i, std::to_string(i)));
  series->reset();
  EXPECT_THAT(names_in(directory / ""),
              testing::ElementsAre("out_00000_19691231T235959Z.pcapng", "out_00003_19700101T000003Z.pcapng",
                                   "out_00004_19700101T000004Z.pcapng"));
  std::string text;
  std::ifstream(directory / "out_00003_19700101T000003Z.pcapng") >> text;
  EXPECT_EQ(text, "3");
}

TEST(FileSeries, RefusesAFileThatIsThereAndSaysWhy) {
  const TestDirectory directory;
  std::ofstream(directory / "out_00001_19700101T000001Z.pcapng") << "precious";
  auto series = FileSeries::start({directory / "out.pcapng"});
  ASSERT_TRUE(series);
  const auto refused = write(**series, 1, "new");
  EXPECT_EQ(refused.error().kind, base::ErrorKind::exists);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("out_00001_19700101T000001Z.pcapng"));
  auto nowhere = FileSeries::start({directory / "none/out.pcapng"});
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(write(**nowhere, 1, "new").error().kind, base::ErrorKind::not_found);
}

}  // namespace
}  // namespace holter::env_linux
