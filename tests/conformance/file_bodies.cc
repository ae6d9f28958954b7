#include <gtest/gtest.h>

#include "conformance/bodies.h"

namespace holter::conformance {

using base::ErrorKind;
using env::OpenMode;
using env::Task;

Task<void> files_open_as_asked(Place place) {
  auto& files = place.env.files;
  const std::string path = place.directory + "/a";
  EXPECT_EQ(files.open(path, OpenMode::read).error().kind, ErrorKind::not_found);
  EXPECT_EQ(files.open(path, OpenMode::write).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(files.open(path, OpenMode::create_new));
  EXPECT_EQ(files.open(path, OpenMode::create_new).error().kind, ErrorKind::exists);
  EXPECT_TRUE(files.open(path, OpenMode::create));
  EXPECT_EQ(files.open(place.directory + "/none/a", OpenMode::create).error().kind, ErrorKind::not_found);
  EXPECT_EQ(files.remove(place.directory + "/b").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(files.remove(path));
  co_return;
}

Task<void> files_read_what_was_written(Place place) {
  auto file = place.env.files.open(place.directory + "/a", OpenMode::create);
  EXPECT_TRUE(file);
  if (!file) co_return;
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4};
  std::vector<std::uint8_t> into(10);
  EXPECT_TRUE((*file)->write_at(2, bytes));
  EXPECT_EQ((*file)->size().value(), 6U);
  EXPECT_EQ((*file)->read_at(0, into).value(), 6U);
  EXPECT_EQ(into[0], 0);
  EXPECT_EQ(into[5], 4);
  EXPECT_EQ((*file)->read_at(100, into).value(), 0U);
  EXPECT_TRUE((*file)->truncate(3));
  EXPECT_EQ((*file)->read_at(0, into).value(), 3U);
  EXPECT_TRUE((*file)->sync());
}

Task<void> rename_replaces_and_list_sorts(Place place) {
  auto& files = place.env.files;
  EXPECT_TRUE(env::replace_text(files, place.directory + "/b", "old"));
  EXPECT_TRUE(env::replace_text(files, place.directory + "/c", "new"));
  EXPECT_TRUE(env::replace_text(files, place.directory + "/a", "a"));
  EXPECT_TRUE(files.rename(place.directory + "/c", place.directory + "/b"));
  EXPECT_EQ(env::read_text(files, place.directory + "/b", 10).value(), "new");
  EXPECT_EQ(files.list(place.directory).value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(files.rename(place.directory + "/c", place.directory + "/d").error().kind, ErrorKind::not_found);
  EXPECT_EQ(files.list(place.directory + "/none").error().kind, ErrorKind::not_found);
  EXPECT_GT(files.free_bytes(place.directory).value(), 0U);
  co_return;
}

Task<void> a_lock_has_one_holder(Place place) {
  auto& files = place.env.files;
  const std::string path = place.directory + "/lock";
  auto first = files.lock(path);
  EXPECT_TRUE(first);
  EXPECT_EQ(files.lock(path).error().kind, ErrorKind::busy);
  if (first) first->reset();
  EXPECT_TRUE(files.lock(path));
  co_return;
}

}  // namespace holter::conformance
