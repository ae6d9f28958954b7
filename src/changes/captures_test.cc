// What real captures of takeovers, trees and leases tell.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/captures_test.h"
#include "changes/lan_test.h"
#include "wire/file/capture_file.h"

namespace holter::changes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Captures : public ::testing::Test {
 protected:
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

  std::filesystem::path folder_ = base::captures_beside(HOLTER_SOURCE_ROOT);
};

TEST_F(Captures, ACoupOfHsrpIsOneTakeover) {
  HOLTER_NEEDS_CAPTURES(folder_);
  EXPECT_THAT(told_of("tcpdump/tests/HSRP_coup.pcap"),
              ElementsAre("virtual_router HSRP 1: 192.168.0.30 -> 192.168.0.10"));
}

TEST_F(Captures, AnElectionOfHsrpIsNone) {
  HOLTER_NEEDS_CAPTURES(folder_);
  EXPECT_THAT(told_of("tcpdump/tests/HSRP_election.pcap"), IsEmpty());
}

TEST_F(Captures, TwoBridgesOfARegionAgree) {
  HOLTER_NEEDS_CAPTURES(folder_);
  EXPECT_THAT(told_of("tcpdump/tests/MSTP_Intra-Region_BPDUs.pcap"), IsEmpty());
}

TEST_F(Captures, ADelegatedPrefixIsALease) {
  HOLTER_NEEDS_CAPTURES(folder_);
  EXPECT_THAT(told_of("tcpdump/tests/dhcpv6-ia-pd.pcap"),
              ElementsAre("lease client 00:01:02:03:04:05 (IPv6 prefix): none -> 2a00:1:1:100::/56 from server "
                          "00:11:22:33:44:55, for 2 h 0 min"));
}

}  // namespace
}  // namespace holter::changes
