// What real captures of takeovers, trees and leases tell.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "changes/lan_test.h"
#include "wire/file/capture_file.h"

namespace holter::changes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Empty, and a word why: the captures are not there.
class Captures : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const named = std::getenv("HOLTER_SHARED");
    folder_ = std::filesystem::path(named != nullptr ? named : HOLTER_SOURCE_ROOT "/../shared") / "pcaps";
    if (!std::filesystem::is_directory(folder_)) {
      GTEST_SKIP() << "no captures in " << folder_ << "; HOLTER_SHARED names the directory";
    }
  }

  std::vector<std::string> told_of(const char* name) {
    std::ifstream in(folder_ / name, std::ios::binary);
    const std::vector<char> file((std::istreambuf_iterator<char>(in)), {});
    wire::CaptureFileReader reader;
    reader.feed({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    test::Lan lan;
    std::optional<base::PacketTime> before;
    for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
      const base::PacketTime at = (*frame)->captured_at.value();
      if (before) lan.pass(at - *before);
      before = at;
      lan.send({(*frame)->bytes.begin(), (*frame)->bytes.end()});
    }
    EXPECT_GT(reader.frames(), 0u) << name;
    return lan.told();
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Captures, ACoupOfHsrpIsOneTakeover) {
  EXPECT_THAT(told_of("tcpdump/tests/HSRP_coup.pcap"),
              ElementsAre("virtual_router HSRP 1: 192.168.0.30 -> 192.168.0.10"));
}

TEST_F(Captures, AnElectionOfHsrpIsNone) { EXPECT_THAT(told_of("tcpdump/tests/HSRP_election.pcap"), IsEmpty()); }

TEST_F(Captures, TwoBridgesOfARegionAgree) {
  EXPECT_THAT(told_of("tcpdump/tests/MSTP_Intra-Region_BPDUs.pcap"), IsEmpty());
}

TEST_F(Captures, ADelegatedPrefixIsALease) {
  EXPECT_THAT(told_of("tcpdump/tests/dhcpv6-ia-pd.pcap"),
              ElementsAre("lease client 00:01:02:03:04:05 (IPv6 prefix): none -> 2a00:1:1:100::/56 from server "
                          "00:11:22:33:44:55, for 2 h 0 min"));
}

}  // namespace
}  // namespace holter::changes
