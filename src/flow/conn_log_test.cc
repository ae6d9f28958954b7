#include "flow/conn_log.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "wire/transport/tcp.h"

namespace holter::flow {
namespace {

using record::FlowRecord;
using wire::kTcpAck;
using wire::kTcpFin;
using wire::kTcpRst;
using wire::kTcpSyn;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line.substr(0, line.find('\n')));
  for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
  return cells;
}

FlowRecord example() {
  FlowRecord flow;
  flow.ip_protocol = 6;
  flow.initiator = "128.232.110.120";
  flow.initiator_port = 34'855;
  flow.responder = "66.35.250.204";
  flow.responder_port = 80;
  flow.first = base::PacketTime::from_nanoseconds(1'700'000'000'123'456'789);
  flow.last = flow.first + base::Duration::microseconds(1'500'002);
  flow.initiator_packets = 5;
  flow.responder_packets = 4;
  flow.initiator_ip_bytes = 500;
  flow.responder_ip_bytes = 4'000;
  flow.initiator_payload_bytes = 200;
  flow.responder_payload_bytes = 3'700;
  flow.initiator_tcp_flags = kTcpSyn | kTcpAck | kTcpFin;
  flow.responder_tcp_flags = kTcpSyn | kTcpAck | kTcpFin;
  flow.tcp_state = record::TcpState::closed;
  flow.tcp[1].missing_bytes = 7;
  flow.history = "ShADadFf";
  return flow;
}

TEST(ConnLog, OneCellAFieldOfTheHeader) {
  std::istringstream header(conn_log_header());
  std::vector<std::string> lines;
  for (std::string line; std::getline(header, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_EQ(lines[0], "#separator \\x09");
  EXPECT_EQ(lines[4], "#path\tconn");
  const auto names = cells_of(lines[5]);
  EXPECT_EQ(names.size(), cells_of(lines[6]).size());
  EXPECT_EQ(names.size(), cells_of(conn_log_line(example())).size() + 1);
}

TEST(ConnLog, AConversationOfTcp) {
  const auto cells = cells_of(conn_log_line(example()));
  EXPECT_EQ(cells[0], "1700000000.123456");
  EXPECT_EQ(cells[1].size(), 18u);
  EXPECT_EQ(cells[1][0], 'C');
  const std::vector<std::string> rest(cells.begin() + 2, cells.end());
  EXPECT_EQ(rest, (std::vector<std::string>{"128.232.110.120",
                                            "34855",
                                            "66.35.250.204",
                                            "80",
                                            "tcp",
                                            "-",
                                            "1.500002",
                                            "200",
                                            "3700",
                                            "SF",
                                            "-",
                                            "-",
                                            "7",
                                            "ShADadFf",
                                            "5",
                                            "500",
                                            "4",
                                            "4000",
                                            "-",
                                            "1:LQU9qZlK+B5F3KDmev6m5PMibrg="}));
}

TEST(ConnLog, TheUidNamesOneConversationForEver) {
  FlowRecord other = example();
  EXPECT_EQ(conn_log_line(example()), conn_log_line(other));
  other.first += base::Duration::nanoseconds(1);
  EXPECT_NE(cells_of(conn_log_line(example()))[1], cells_of(conn_log_line(other))[1]);
}

TEST(ConnLog, TheStateIsTheOneOfZeek) {
  struct Case {
    std::uint8_t initiator;
    std::uint8_t responder;
    std::string state;
  };
  constexpr std::uint8_t kAnswer = kTcpSyn | kTcpAck;
  const Case cases[] = {{kTcpSyn, 0, "S0"},
                        {kTcpSyn | kTcpAck, kAnswer, "S1"},
                        {kTcpSyn | kTcpAck | kTcpFin, kAnswer, "S2"},
                        {kTcpSyn | kTcpAck, kAnswer | kTcpFin, "S3"},
                        {kTcpSyn, kTcpRst | kTcpAck, "REJ"},
                        {kTcpSyn | kTcpAck | kTcpRst, kAnswer, "RSTO"},
                        {kTcpSyn | kTcpAck, kAnswer | kTcpRst, "RSTR"},
                        {kTcpSyn | kTcpRst, 0, "RSTOS0"},
                        {0, kAnswer | kTcpRst, "RSTRH"},
                        {kTcpSyn | kTcpFin, 0, "SH"},
                        {0, kAnswer | kTcpFin, "SHR"},
                        {kTcpAck, kTcpAck, "OTH"}};
  for (const Case& row : cases) {
    FlowRecord flow = example();
    flow.initiator_tcp_flags = row.initiator;
    flow.responder_tcp_flags = row.responder;
    flow.initiator_packets = row.initiator == 0 ? 0 : 3;
    flow.responder_packets = row.responder == 0 ? 0 : 3;
    EXPECT_EQ(cells_of(conn_log_line(flow))[11], row.state);
  }
}

TEST(ConnLog, IcmpShowsTypesAndOtherProtocolsNoState) {
  FlowRecord ping = example();
  ping.ip_protocol = 1;
  ping.initiator_port = 8 * 256;
  ping.responder_port = 0;
  auto cells = cells_of(conn_log_line(ping));
  EXPECT_EQ(cells[3], "8");
  EXPECT_EQ(cells[5], "0");
  EXPECT_EQ(cells[6], "icmp");
  EXPECT_EQ(cells[11], "OTH");
  ping.initiator_port = 3 * 256 + 1;
  cells = cells_of(conn_log_line(ping));
  EXPECT_EQ(cells[3], "3");
  EXPECT_EQ(cells[5], "1");
  ping.ip_protocol = 47;
  EXPECT_EQ(cells_of(conn_log_line(ping))[6], "unknown_transport");
}

}  // namespace
}  // namespace holter::flow
