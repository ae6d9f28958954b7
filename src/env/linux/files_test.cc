#include "env/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "env/linux/files.h"

namespace holter::env_linux {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string pattern = testing::TempDir() + "holter-files-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~FilesTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + '/' + name; }
  static unsigned mode_of(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
  }

  Files files_;
  std::string directory_;
};

TEST_F(FilesTest, WritesReadsAndCuts) {
  auto file = *files_.open(path("a"), env::OpenMode::create_new);
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4};
  ASSERT_TRUE(file->write_at(2, bytes));
  EXPECT_EQ(*file->size(), 6U);
  std::vector<std::uint8_t> into(10);
  EXPECT_EQ(*file->read_at(1, into), 5U);
  EXPECT_EQ(into[1], 1);
  ASSERT_TRUE(file->truncate(3));
  EXPECT_EQ(*file->read_at(0, into), 3U);
  EXPECT_EQ(*file->read_at(9, into), 0U);
  EXPECT_TRUE(file->sync());
  EXPECT_EQ(mode_of(path("a")), 0600U);
}

TEST_F(FilesTest, OpenModesDiffer) {
  EXPECT_EQ(files_.open(path("a"), env::OpenMode::read).error().kind, base::ErrorKind::not_found);
  EXPECT_EQ(files_.open(path("a"), env::OpenMode::write).error().kind, base::ErrorKind::not_found);
  EXPECT_TRUE(files_.open(path("a"), env::OpenMode::create));
  EXPECT_TRUE(files_.open(path("a"), env::OpenMode::create));
  EXPECT_EQ(files_.open(path("a"), env::OpenMode::create_new).error().kind, base::ErrorKind::exists);
}

TEST_F(FilesTest, ErrorsNameThePathAndTheCause) {
  const auto missing = files_.open(path("nowhere/x"), env::OpenMode::read);
  EXPECT_EQ(missing.error().message, "cannot open " + path("nowhere/x") + ": No such file or directory");
}

TEST_F(FilesTest, AFullDeviceIsFull) {
  auto file = files_.open("/dev/full", env::OpenMode::write);
  if (!file) GTEST_SKIP() << "/dev/full cannot be opened here: " << file.error().message;
  const std::vector<std::uint8_t> bytes{1};
  EXPECT_EQ((*file)->write_at(0, bytes).error().kind, base::ErrorKind::full);
}

TEST_F(FilesTest, ListsFilesSortedWithoutDirectories) {
  for (const char* name : {"b", "a", ".c"}) ASSERT_TRUE(files_.open(path(name), env::OpenMode::create));
  ASSERT_TRUE(files_.make_directories(path("d/e")));
  EXPECT_EQ(*files_.list(directory_), (std::vector<std::string>{".c", "a", "b"}));
  EXPECT_EQ(files_.list(path("missing")).error().kind, base::ErrorKind::not_found);
}

TEST_F(FilesTest, DirectoriesAreMadeOnceAndPrivate) {
  ASSERT_TRUE(files_.make_directories(path("d/e/f")));
  ASSERT_TRUE(files_.make_directories(path("d/e/f")));
  EXPECT_EQ(mode_of(path("d")), 0700U);
  EXPECT_EQ(mode_of(path("d/e/f")), 0700U);
  ASSERT_TRUE(files_.open(path("file"), env::OpenMode::create));
  EXPECT_EQ(files_.make_directories(path("file")).error().kind, base::ErrorKind::exists);
  EXPECT_TRUE(files_.sync_directory(path("d")));
}

TEST_F(FilesTest, RenameReplacesAndRemoveRemoves) {
  ASSERT_TRUE(env::replace_text(files_, path("t"), "one"));
  ASSERT_TRUE(env::replace_text(files_, path("t"), "two"));
  EXPECT_EQ(*env::read_text(files_, path("t"), 100), "two");
  ASSERT_TRUE(files_.remove(path("t")));
  EXPECT_EQ(files_.remove(path("t")).error().kind, base::ErrorKind::not_found);
}

TEST_F(FilesTest, ASecondHolderOfALockIsTurnedAway) {
  auto first = files_.lock(path("lock"));
  ASSERT_TRUE(first);
  EXPECT_EQ(files_.lock(path("lock")).error().kind, base::ErrorKind::busy);
  first->reset();
  EXPECT_TRUE(files_.lock(path("lock")));
}

TEST_F(FilesTest, KnowsTheFreeSpace) {
  EXPECT_GT(*files_.free_bytes(directory_), 0U);
  EXPECT_EQ(files_.free_bytes(path("missing")).error().kind, base::ErrorKind::not_found);
}

}  // namespace
}  // namespace holter::env_linux
