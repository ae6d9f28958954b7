#include "env/linux/frames.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstring>
#include <fstream>

#include "env/linux/broker_client.h"
#include "env/linux/packet_ring.h"
#include "env/linux/privileges.h"
#include "env/linux/process_status.h"
#include "env/linux/test_directory.h"
#include "env/linux/test_namespace.h"
#include "env/linux/test_skip.h"

namespace holter::env_linux {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

constexpr std::uint16_t kTestEtherType = 0x88b5;  // IEEE 802: local experiments
// A block is handed over by time as well as by size, so a sender that is held up needs many blocks, not only bytes.
constexpr std::size_t kRoomyRing = 16 * 1024 * 1024;
constexpr auto kWatchdog = std::chrono::seconds(20);

// One frame as a test wants to remember it.
struct Seen {
  std::vector<std::uint8_t> bytes;
  env::Frame frame;  // its bytes are gone
};

struct Capture {
  std::vector<Seen> frames;
  std::optional<base::Error> ended;
};

env::Task<void> read_frames(env::FrameSource& source, std::size_t count, Capture& into) {
  while (into.frames.size() < count) {
    const auto block = co_await source.next_block();
    if (!block) {
      into.ended = block.error();
      co_return;
    }
    for (const env::Frame& frame : *block) {
      into.frames.push_back({{frame.bytes.begin(), frame.bytes.end()}, frame});
      into.frames.back().frame.bytes = {};
    }
  }
}

// A broker, a veth pair "near" - "far" that nothing but the test sends on, and a loop. In a namespace only.
class Bed {
 public:
  Bed() {
    // No neighbour discovery between the numbered frames.
    write_text_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    EXPECT_EQ(std::system("ip link add near type veth peer name far && ip link set near up && ip link set far up"), 0);
    auto client = BrokerClient::start(HOLTER_BROKER);
    EXPECT_TRUE(client) << to_string(client.error());
    if (client) broker_ = std::move(*client);
    frames_.emplace(context_.get_executor(), broker_.get());
  }

  base::Result<std::unique_ptr<env::FrameSource>> try_open(const env::FrameOptions& options) {
    return frames_->open(options);
  }
  std::unique_ptr<env::FrameSource> open(const std::string& interface, std::size_t ring_bytes = kRoomyRing) {
    env::FrameOptions options;
    options.interface = interface;
    options.ring_bytes = ring_bytes;
    return open(options);
  }
  std::unique_ptr<env::FrameSource> open(const env::FrameOptions& options) {
    auto source = try_open(options);
    EXPECT_TRUE(source) << to_string(source.error());
    return source ? std::move(*source) : nullptr;
  }
  // At least `count` frames, or up to the end of the source.
  Capture read(env::FrameSource& source, std::size_t count) {
    Capture capture;
    bool done = false;
    boost::asio::co_spawn(context_, read_frames(source, count, capture), [&](std::exception_ptr) { done = true; });
    context_.restart();
    context_.run_for(kWatchdog);
    EXPECT_TRUE(done) << "still waiting after " << capture.frames.size() << " frames";
    return capture;
  }
  boost::asio::io_context& context() { return context_; }

 private:
  std::unique_ptr<BrokerClient> broker_;
  boost::asio::io_context context_;
  std::optional<Frames> frames_;
};

// Sends link frames out of `interface`, with the test's own capability in its namespace.
class Sender {
 public:
  explicit Sender(const char* interface) : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    address_.sll_family = AF_PACKET;
    address_.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    address_.sll_protocol = htons(kTestEtherType);
  }
  void send(const std::vector<std::uint8_t>& frame) {
    const ssize_t sent = ::sendto(socket_.get(), frame.data(), frame.size(), 0,
                                  reinterpret_cast<const sockaddr*>(&address_), sizeof(address_));
    ASSERT_EQ(sent, static_cast<ssize_t>(frame.size())) << std::strerror(errno);
  }

 private:
  UniqueFd socket_;
  sockaddr_ll address_{};
};

std::vector<std::uint8_t> numbered_frame(std::uint32_t number, std::size_t size = 100) {
  std::vector<std::uint8_t> frame(size);
  std::fill_n(frame.begin(), ETH_ALEN, std::uint8_t{0xff});
  frame[6] = 2;
  frame[12] = kTestEtherType >> 8;
  frame[13] = kTestEtherType & 0xff;
  std::memcpy(frame.data() + ETH_HLEN, &number, sizeof(number));
  return frame;
}

std::uint32_t number_of(const Seen& seen, std::size_t offset = ETH_HLEN) {
  std::uint32_t number = ~0U;
  if (seen.bytes.size() >= offset + sizeof(number)) std::memcpy(&number, seen.bytes.data() + offset, sizeof(number));
  return number;
}

TEST(Frames, CountExactlyEveryNumberedFrameOfALink) {
  const TestDirectory directory;
  HOLTER_EXPECT_PASSED(run_in_namespace([&] {
    Bed bed;
    Sender sender("near");
    ASSERT_TRUE(drop_privileges(directory / "data"));
    const auto source = bed.open("far");
    ASSERT_TRUE(source);
    ASSERT_EQ(*no_capabilities(::getpid()), true);
    EXPECT_EQ(source->hardware_type(), ARPHRD_ETHER);
    constexpr std::uint32_t kCount = 2'000;
    for (std::uint32_t i = 0; i < kCount; ++i) sender.send(numbered_frame(i));
    const Capture capture = bed.read(*source, kCount);
    ASSERT_EQ(capture.frames.size(), kCount);
    for (std::uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(number_of(capture.frames[i]), i);
    const auto counters = source->read_counters();
    EXPECT_EQ(counters->packets, kCount);
    EXPECT_EQ(counters->drops, 0U);
    EXPECT_EQ(source->read_counters()->packets, 0U) << "reading resets";
  }));
}

TEST(Frames, TellDirectionStampAndLengths) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    env::FrameOptions options;
    options.interface = "far";
    options.snaplen = 64;
    const auto source = bed.open(options);
    ASSERT_TRUE(source);
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    Sender("near").send(numbered_frame(1, 500));
    Sender("far").send(numbered_frame(2, 40));
    const Capture capture = bed.read(*source, 2);
    ASSERT_EQ(capture.frames.size(), 2U);
    EXPECT_EQ(capture.frames[0].bytes.size(), 64U);
    EXPECT_EQ(capture.frames[0].frame.original_length, 500U);
    EXPECT_EQ(capture.frames[0].frame.direction, env::FrameDirection::broadcast);
    EXPECT_GE(capture.frames[0].frame.captured_at.in_nanoseconds(), now.tv_sec * 1'000'000'000 + now.tv_nsec);
    EXPECT_EQ(capture.frames[1].bytes.size(), 40U);
    EXPECT_EQ(capture.frames[1].frame.direction, env::FrameDirection::outgoing);
  }));
}

// An Ethernet frame with an IPv4 packet of nothing but what the filter looks at.
std::vector<std::uint8_t> tcp_frame(std::uint16_t from, std::uint16_t to, std::uint8_t header_words = 5,
                                    std::uint8_t protocol = IPPROTO_TCP, std::uint8_t fragment_offset = 0) {
  std::vector<std::uint8_t> frame = numbered_frame(0);
  frame[12] = ETH_P_IP >> 8;
  frame[13] = ETH_P_IP & 0xff;
  std::uint8_t* ip = frame.data() + ETH_HLEN;
  std::fill(ip, frame.data() + frame.size(), std::uint8_t{0});
  ip[0] = static_cast<std::uint8_t>(0x40 | header_words);
  ip[7] = fragment_offset;
  ip[9] = protocol;
  std::uint8_t* tcp = ip + std::size_t{4} * header_words;
  tcp[0] = static_cast<std::uint8_t>(from >> 8);
  tcp[1] = static_cast<std::uint8_t>(from & 0xff);
  tcp[2] = static_cast<std::uint8_t>(to >> 8);
  tcp[3] = static_cast<std::uint8_t>(to & 0xff);
  return frame;
}

TEST(Frames, OfOneTcpPortAreChosenInTheKernel) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    env::FrameOptions options;
    options.interface = "far";
    options.tcp_port = 11'414;
    const auto source = bed.open(options);
    ASSERT_TRUE(source);
    Sender sender("near");
    for (const auto& unwanted : {numbered_frame(1), tcp_frame(5, 6), tcp_frame(5, 11'414, 5, IPPROTO_UDP),
                                 tcp_frame(5, 11'414, 5, IPPROTO_TCP, 1)}) {
      sender.send(unwanted);
    }
    const std::vector<std::vector<std::uint8_t>> wanted{tcp_frame(5, 11'414), tcp_frame(11'414, 5),
                                                        tcp_frame(5, 11'414, 15)};
    for (const auto& frame : wanted) sender.send(frame);
    const Capture capture = bed.read(*source, wanted.size());
    ASSERT_EQ(capture.frames.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(capture.frames[i].bytes, wanted[i]) << i;
    EXPECT_EQ(source->read_counters()->packets, wanted.size());
  }));
}

// What is accepted: frames of the test's own type whose first byte behind it is even.
env::KernelProgram even_numbers() {
  return {{0x80, 0, 0, 0},             // the length
          {0x35, 0, 3, ETH_HLEN + 1},  // long enough, else accepted
          {0x30, 0, 0, ETH_HLEN},      // the byte
          {0x45, 0, 1, 1},             // odd
          {0x06, 0, 0, 0},             // refused
          {0x06, 0, 0, 0xffff'ffff}};  // accepted
}

TEST(Frames, ThatTheKernelRefusesAreCountedThere) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    env::FrameOptions options;
    options.interface = "far";
    options.snaplen = 64;
    options.kernel_filter = even_numbers();
    const auto source = bed.open(options);
    ASSERT_TRUE(source);
    Sender sender("near");
    for (std::uint32_t i = 0; i < 1'001; ++i) sender.send(numbered_frame(i));
    const Capture capture = bed.read(*source, 501);
    ASSERT_EQ(capture.frames.size(), 501U);
    for (std::uint32_t i = 0; i < 501; ++i) ASSERT_EQ(number_of(capture.frames[i]), 2 * i);
    EXPECT_EQ(capture.frames[0].bytes.size(), 64U) << "the snaplen holds beside the filter";
    const auto counters = source->read_counters();
    EXPECT_EQ(counters->packets, 501U);
    EXPECT_EQ(counters->drops, 0U);
    EXPECT_EQ(counters->refused, 500U);
    EXPECT_EQ(source->read_counters()->refused, 0U) << "reading resets";
  }));
}

TEST(Frames, GetAnotherKernelFilterWhileTheyFlow) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const auto source = bed.open("far");
    ASSERT_TRUE(source);
    Sender sender("near");
    for (std::uint32_t i = 0; i < 4; ++i) sender.send(numbered_frame(i));
    EXPECT_EQ(bed.read(*source, 4).frames.size(), 4U);
    EXPECT_EQ(source->read_counters()->refused, 0U);
    ASSERT_TRUE(source->set_kernel_filter(even_numbers()));
    for (std::uint32_t i = 0; i < 4; ++i) sender.send(numbered_frame(i));
    EXPECT_EQ(bed.read(*source, 2).frames.size(), 2U);
    EXPECT_EQ(source->read_counters()->refused, 2U);
    ASSERT_TRUE(source->set_kernel_filter({}));
    for (std::uint32_t i = 0; i < 4; ++i) sender.send(numbered_frame(i));
    EXPECT_EQ(bed.read(*source, 4).frames.size(), 4U);
    EXPECT_EQ(source->read_counters()->refused, 0U);
  }));
}

TEST(Frames, OfLoopbackAreSeenOnceAndCountedOnce) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const auto source = bed.open("lo");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->hardware_type(), ARPHRD_LOOPBACK);
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(self);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&self), size), 0);
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&self), &size), 0);
    constexpr std::uint32_t kCount = 500;
    for (std::uint32_t i = 0; i < kCount; ++i) {
      ASSERT_EQ(::sendto(socket.get(), &i, sizeof(i), 0, reinterpret_cast<const sockaddr*>(&self), size),
                static_cast<ssize_t>(sizeof(i)));
    }
    const Capture capture = bed.read(*source, kCount);
    ASSERT_EQ(capture.frames.size(), kCount);
    constexpr std::size_t kPayload = ETH_HLEN + 20 + 8;
    for (std::uint32_t i = 0; i < kCount; ++i) {
      ASSERT_EQ(number_of(capture.frames[i], kPayload), i);
      ASSERT_EQ(capture.frames[i].frame.direction, env::FrameDirection::host);
    }
    EXPECT_EQ(source->read_counters()->packets, kCount);
  }));
}

// Two blocks of ring, nobody reading: what was sent is delivered or counted as dropped, to the frame.
TEST(Frames, ASlowReaderLosesNothingSilently) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    Sender sender("near");
    const auto source = bed.open("far", kMinRingBytes);
    ASSERT_TRUE(source);
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    env::FrameCounters total;
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 2'000; ++i, ++sent) sender.send(numbered_frame(static_cast<std::uint32_t>(sent), 1'000));
      const auto counters = source->read_counters();
      total.packets += counters->packets;
      total.drops += counters->drops;
      delivered += bed.read(*source, static_cast<std::size_t>(counters->packets - counters->drops)).frames.size();
    }
    EXPECT_EQ(total.packets, sent);
    EXPECT_GT(total.drops, 0U);
    EXPECT_EQ(delivered + total.drops, sent);
  }));
}

TEST(Frames, GetTheirVlanTagBack) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const auto source = bed.open("far");
    ASSERT_TRUE(source);
    for (const std::uint16_t ether_type : {0x8100, 0x88a8}) {
      auto frame = numbered_frame(9);
      const std::uint8_t tag[] = {static_cast<std::uint8_t>(ether_type >> 8), static_cast<std::uint8_t>(ether_type),
                                  0x61, 0x23};
      frame.insert(frame.begin() + 2 * ETH_ALEN, std::begin(tag), std::end(tag));
      Sender("near").send(frame);
      const Capture capture = bed.read(*source, 1);
      ASSERT_EQ(capture.frames.size(), 1U);
      EXPECT_TRUE(capture.frames[0].frame.has_vlan);
      EXPECT_EQ(capture.frames[0].frame.vlan_tci, 0x6123);
      EXPECT_EQ(capture.frames[0].frame.vlan_ether_type, ether_type);
      EXPECT_EQ(capture.frames[0].bytes, numbered_frame(9)) << "the tag is beside the bytes, not in them";
    }
    Sender("near").send(numbered_frame(9));
    EXPECT_FALSE(bed.read(*source, 1).frames.at(0).frame.has_vlan);
  }));
}

TEST(Frames, EndWhenTheInterfaceGoesAfterDeliveringAll) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    for (const char* command : {"ip link set far down", "ip link del near"}) {
      Bed bed;
      const auto source = bed.open("far");
      ASSERT_TRUE(source);
      Sender sender("near");
      for (std::uint32_t i = 0; i < 100; ++i) sender.send(numbered_frame(i));
      ASSERT_EQ(std::system(command), 0);
      const Capture capture = bed.read(*source, 101);
      EXPECT_EQ(capture.frames.size(), 100U) << command;
      ASSERT_TRUE(capture.ended);
      EXPECT_EQ(capture.ended->kind, ErrorKind::closed);
      EXPECT_THAT(capture.ended->message, HasSubstr("far"));
      std::ignore = std::system("ip link del far 2> /dev/null");
    }
  }));
}

TEST(Frames, SayWhyTheyCannotBeHad) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const auto missing = bed.try_open({"eth9", true, 65'535, kMinRingBytes});
    EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
    EXPECT_THAT(missing.error().message, testing::AllOf(HasSubstr("eth9"), HasSubstr("lo"), HasSubstr("near")));
    EXPECT_EQ(bed.try_open({"lo", true, 0, kMinRingBytes}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(bed.try_open({"lo", true, 100, kMinRingBytes - 1}).error().kind, ErrorKind::invalid);
    ASSERT_EQ(std::system("ip link set far down"), 0);
    EXPECT_EQ(bed.try_open({"far", true, 100, kMinRingBytes}).error().kind, ErrorKind::closed);
    Frames without_broker(bed.context().get_executor(), nullptr);
    EXPECT_EQ(without_broker.open({"lo", true, 100, kMinRingBytes}).error().kind, ErrorKind::permission);
  }));
}

std::size_t resident_anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "RssAnon:") continue;
    std::size_t kib = 0;
    status >> kib;
    return kib;
  }
  return 0;
}

TEST(Frames, RingPagesAreNotAnonymousMemory) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const std::size_t before = resident_anonymous_kib();
    ASSERT_GT(before, 0U);
    constexpr std::size_t kRing = 64 * 1024 * 1024;
    const auto source = bed.open("far", kRing);
    ASSERT_TRUE(source);
    Sender sender("near");
    for (std::uint32_t i = 0; i < 1'000; ++i) sender.send(numbered_frame(i, 1'500));
    EXPECT_EQ(bed.read(*source, 1'000).frames.size(), 1'000U);
    EXPECT_LT(resident_anonymous_kib() - before, 8 * 1'024U);
  }));
}

TEST(Frames, AnIdleInterfaceWakesNobody) {
  HOLTER_EXPECT_PASSED(run_in_namespace([] {
    Bed bed;
    const auto source = bed.open("far");
    ASSERT_TRUE(source);
    Capture capture;
    boost::asio::co_spawn(bed.context(), read_frames(*source, 1, capture), [](std::exception_ptr) {});
    bed.context().poll();
    EXPECT_EQ(bed.context().run_for(std::chrono::milliseconds(5 * kBlockRetireTimeMs)), 0U);
    EXPECT_TRUE(capture.frames.empty());
  }));
}

}  // namespace
}  // namespace holter::env_linux
