#include "sim/disk.h"

#include <gtest/gtest.h>

namespace holter::sim {
namespace {

using base::ErrorKind;
using env::OpenMode;

const std::vector<std::uint8_t> kOld{1, 1, 1, 1};
const std::vector<std::uint8_t> kNew{2, 2, 2, 2};

struct DiskTest : ::testing::Test {
  std::vector<std::uint8_t> contents(const std::string& path) {
    auto file = disk.open(path, OpenMode::read);
    if (!file) return {};
    std::vector<std::uint8_t> out(100);
    out.resize((*file)->read_at(0, out).value());
    return out;
  }
  Timeline timeline{7};
  Disk disk{timeline};
};

TEST_F(DiskTest, PowerLossKeepsWhatWasSyncedAndNamed) {
  auto kept = disk.open("/kept", OpenMode::create).value();
  ASSERT_TRUE(kept->write_at(0, kOld));
  ASSERT_TRUE(kept->sync());
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE(kept->write_at(0, kNew));
  auto unnamed = disk.open("/unnamed", OpenMode::create).value();
  ASSERT_TRUE(unnamed->write_at(0, kNew));
  ASSERT_TRUE(unnamed->sync());
  EXPECT_EQ(contents("/kept"), kNew);
  disk.process_died();
  EXPECT_EQ(contents("/kept"), kNew);
  disk.power_lost();
  EXPECT_EQ(contents("/kept"), kOld);
  EXPECT_EQ(disk.open("/unnamed", OpenMode::read).error().kind, ErrorKind::not_found);
}

TEST_F(DiskTest, AFailedSyncLosesItsBytesForGood) {
  disk.set_faults({.fail_sync = 0});
  auto file = disk.open("/a", OpenMode::create).value();
  ASSERT_TRUE(disk.sync_directory("/"));
  ASSERT_TRUE(file->write_at(0, kOld));
  EXPECT_EQ(file->sync().error().kind, ErrorKind::io);
  EXPECT_TRUE(file->sync());
  EXPECT_EQ(contents("/a"), kOld);
  disk.power_lost();
  EXPECT_TRUE(contents("/a").empty());
}

TEST_F(DiskTest, AFullDiskTakesWhatFits) {
  disk.set_faults({.capacity = 6});
  auto file = disk.open("/a", OpenMode::create).value();
  ASSERT_TRUE(file->write_at(0, kOld));
  EXPECT_EQ(file->write_at(4, kNew).error().kind, ErrorKind::full);
  EXPECT_EQ(contents("/a"), (std::vector<std::uint8_t>{1, 1, 1, 1, 2, 2}));
  EXPECT_EQ(disk.free_bytes("/").value(), 0U);
}

TEST_F(DiskTest, EachOperationCanFail) {
  disk.set_faults({.fail_operation = 1});
  auto file = disk.open("/a", OpenMode::create).value();
  EXPECT_EQ(file->write_at(0, kOld).error().kind, ErrorKind::io);
  EXPECT_TRUE(file->write_at(0, kOld));
  EXPECT_EQ(disk.operations(), 3U);
}

TEST_F(DiskTest, ATornWriteLeavesAPrefix) {
  disk.set_faults({.tear = true});
  bool partial = false;
  for (int i = 0; i < 64; ++i) {
    const std::string path = "/" + std::to_string(i);
    auto file = disk.open(path, OpenMode::create).value();
    ASSERT_TRUE(disk.sync_directory("/"));
    ASSERT_TRUE(file->write_at(0, kNew));
    disk.power_lost();
    const auto left = contents(path);
    ASSERT_LE(left.size(), kNew.size());
    EXPECT_TRUE(std::equal(left.begin(), left.end(), kNew.begin()));
    partial |= !left.empty() && left.size() < kNew.size();
  }
  EXPECT_TRUE(partial);
}

}  // namespace
}  // namespace holter::sim
