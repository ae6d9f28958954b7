#include "env/linux/streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "env/linux/signals.h"
#include "env/linux/test_directory.h"

namespace holter::env_linux {
namespace {

const std::vector<std::uint8_t> kBytes{1, 2, 3};

TEST(Streams, WritesAFileAndReadsItBack) {
  const TestDirectory directory;
  const std::string path = directory / "file";
  {
    auto file = open_output(path, Existing::refuse);
    ASSERT_TRUE(file) << to_string(file.error());
    EXPECT_TRUE((*file)->write_all(kBytes));
    EXPECT_TRUE((*file)->write_all(kBytes));
    EXPECT_EQ((*file)->written(), 6u);
    EXPECT_TRUE((*file)->cut_to(5));
  }
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto file = open_input(path);
  ASSERT_TRUE(file);
  std::vector<std::uint8_t> read(10);
  EXPECT_EQ((*file)->read_some(read).value(), 5u);
  EXPECT_EQ((*file)->read_some(read).value(), 0u);
}

TEST(Streams, AFileThatIsThereIsLeftAloneUnlessToldOtherwise) {
  const TestDirectory directory;
  const std::string path = directory / "file";
  std::ofstream(path) << "precious";
  EXPECT_EQ(open_output(path, Existing::refuse).error().kind, base::ErrorKind::exists);
  EXPECT_EQ(std::ifstream(path).get(), 'p');
  EXPECT_TRUE(open_output(path, Existing::overwrite));
  EXPECT_EQ(std::ifstream(path).get(), std::ifstream::traits_type::eof());
}

TEST(Streams, DevicesAndPipesAreNoFilesToLose) {
  auto full = open_output("/dev/full", Existing::refuse);
  ASSERT_TRUE(full) << to_string(full.error());
  EXPECT_EQ((*full)->write_all(kBytes).error().kind, base::ErrorKind::full);
  EXPECT_EQ((*full)->cut_to(0).error().kind, base::ErrorKind::unsupported);
  EXPECT_EQ((*full)->written(), 0u);
}

TEST(Streams, APipeThatNobodyReadsIsClosed) {
  ignore_broken_pipes();
  const TestDirectory directory;
  const std::string path = directory / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  auto pipe = open_output(path, Existing::refuse);
  ASSERT_TRUE(pipe);
  EXPECT_TRUE((*pipe)->write_all(kBytes));
  ::close(reader);
  EXPECT_EQ((*pipe)->write_all(kBytes).error().kind, base::ErrorKind::closed);
}

TEST(Streams, SaysWhatCannotBeRead) {
  const TestDirectory directory;
  EXPECT_EQ(open_input(directory / "").error().message, directory / "" + " is a directory, not a file");
  EXPECT_EQ(open_input(directory / "none").error().kind, base::ErrorKind::not_found);
}

}  // namespace
}  // namespace holter::env_linux
