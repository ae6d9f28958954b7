#include "env/linux/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "env/linux/test_directory.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

constexpr std::size_t kBytes = 64 * 1024;

class MappedFiles : public ::testing::Test {
 protected:
  TestDirectory directory;
  std::string path = directory / "ring";
};

TEST_F(MappedFiles, WhatWasWrittenIsThereForTheNext) {
  {
    const auto file = MappedFile::open(path, kBytes);
    ASSERT_TRUE(file);
    EXPECT_FALSE((*file)->was_there());
    EXPECT_EQ((*file)->words().size(), kBytes / 8);
    (*file)->words()[7] = 42;
  }
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto again = MappedFile::open(path, kBytes);
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->was_there());
  EXPECT_EQ((*again)->words()[7], 42u);
  EXPECT_TRUE((*again)->clear());
  EXPECT_EQ((*again)->words()[7], 0u);
  EXPECT_TRUE((*again)->remove());
  EXPECT_FALSE(std::filesystem::exists(path));
}

long page_faults() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

TEST_F(MappedFiles, InMemoryNoPageIsMissingWhenItIsWrittenTo) {
  constexpr std::size_t kMany = 4 * 1024 * 1024;
  constexpr std::size_t kPageWords = 4'096 / 8;
  const std::string in_memory = "/dev/shm/holter_mapped_file_test." + std::to_string(::getpid());
  const auto file = MappedFile::open(in_memory, kMany);
  if (!file || !(*file)->in_memory()) HOLTER_SKIP("/dev/shm is no tmpfs with room");
  EXPECT_TRUE((*file)->remove());
  for (int round = 0; round < 2; ++round) {
    const long before = page_faults();
    for (std::size_t at = 0; at < kMany / 8; at += kPageWords) (*file)->words()[at] = 42;
    EXPECT_LT(page_faults() - before, 64) << "of " << kMany / 4'096 << " pages";
    EXPECT_TRUE((*file)->clear());
  }
}

TEST_F(MappedFiles, OneOfAnotherSizeBeginsAnew) {
  MappedFile::open(path, 2 * kBytes).value()->words()[7] = 42;
  const auto file = MappedFile::open(path, kBytes);
  ASSERT_TRUE(file);
  EXPECT_FALSE((*file)->was_there());
  EXPECT_EQ((*file)->words()[7], 0u);
}

TEST_F(MappedFiles, OneHolderAtATime) {
  const auto file = MappedFile::open(path, kBytes);
  const auto second = MappedFile::open(path, kBytes);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::busy);
}

TEST_F(MappedFiles, WhatOthersMayReadOrMadeIsNotTouched) {
  std::ofstream(path) << "precious";
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(MappedFile::open(path, kBytes).error().kind, base::ErrorKind::invalid);
  ::chmod(path.c_str(), 0600);
  std::filesystem::create_hard_link(path, path + ".other");
  EXPECT_EQ(MappedFile::open(path, kBytes).error().kind, base::ErrorKind::invalid);
  EXPECT_EQ(std::filesystem::file_size(path), 8u);
  std::filesystem::create_symlink(path, path + ".link");
  EXPECT_FALSE(MappedFile::open(path + ".link", kBytes));
}

}  // namespace
}  // namespace holter::env_linux
