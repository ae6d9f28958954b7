// What a file may say of the capture and its recorder.
#include "config/load_test.h"

namespace holter::config {
namespace {

using Names = std::vector<std::string>;

TEST_F(Load, WhereAndByHowManyIsCaptured) {
  EXPECT_EQ(settings("").capture.workers, Workers());
  EXPECT_EQ(settings("[capture]\ninterface = \"eth0\"\n").capture.interfaces.names, Names({"eth0"}));
  const auto shared = settings("[capture]\ninterface = [\"eth0\", \"eth1\"]\nworkers = 4\n").capture;
  EXPECT_EQ(shared.interfaces.names, Names({"eth0", "eth1"}));
  EXPECT_EQ(shared.workers.count, 4U);
  EXPECT_EQ(settings("[capture]\nworkers = \"auto\"\n").capture.workers.count, 0U);
  EXPECT_EQ(mistakes("[capture]\nworkers = 0\n"),
            "holter.toml:2:11: capture.workers: is neither \"auto\" nor a number from 1 to 32\n");
  EXPECT_EQ(mistakes("[capture]\ninterface = [\"a\", \"b\", \"c\"]\nworkers = 32\n"),
            "holter.toml:3:1: capture.workers: at most 64 in all, over all interfaces\n");
  EXPECT_EQ(mistakes("[capture]\ninterface = [\"a\", \"a\"]\n"),
            "holter.toml:2:1: capture.interface: 'a' is there twice\n");
}

TEST_F(Load, WhatACaptureRemembers) {
  EXPECT_EQ(settings("").capture.recorded, RecordDetail::packets);
  const CaptureSettings capture =
      settings("[capture]\nrecord = \"flows\"\npackets_per_second = 20000\nexport_interval = \"1m\"\n").capture;
  EXPECT_EQ(capture.recorded, RecordDetail::flows);
  EXPECT_EQ(capture.packets_per_second, 20'000u);
  EXPECT_EQ(capture.export_interval, base::Duration::minutes(1));
  EXPECT_EQ(mistakes("[capture]\nexport_interval = \"10ms\"\n"),
            "holter.toml:2:1: capture.export_interval: at least 1s\n");
}

TEST_F(Load, HowMuchTheRecorderKeeps) {
  EXPECT_EQ(mistakes("[recorder]\nsnaplen = 3\n"), "holter.toml:2:1: recorder.snaplen: 64 to 16384 bytes\n");
}

TEST_F(Load, AKeyMayHaveTheNameThatItHadBefore) {
  EXPECT_EQ(settings("[capture]\nfilter = \"tcp\"\n").capture.keep, "tcp");
  EXPECT_EQ(mistakes("[capture]\nfilter = \"tcp\"\nkeep = \"udp\"\n"),
            "holter.toml:3:1: 'capture.keep' is set already, at holter.toml:2\n");
}

}  // namespace
}  // namespace holter::config
