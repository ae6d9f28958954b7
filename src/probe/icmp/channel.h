// EchoChannel is one socket of echo requests that go out the same way: it writes them, sends them many at a time, and
// says of whatever arrives whose request it belongs to and what it means. A raw socket where there is a broker to open
// it, else the kernel's unprivileged ping socket. One loop.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "env/env.h"
#include "probe/announcer.h"
#include "probe/icmp/options.h"
#include "probe/icmp/table.h"

namespace holter::probe {

// What an arrival means to the probe whose request it belongs to.
struct EchoNews {
  EchoTable::Owner owner;
  std::optional<base::Error> error = {};  // instead of an answer
  std::uint32_t mtu = 0;                  // that came with the error
  RoundTrip trip = {};
  std::optional<std::uint8_t> ttl = {};
  bool again = false;  // it had been answered
};

// A request that the own kernel did not take.
struct EchoUnsent {
  EchoTable::Serial serial = 0;
  base::Error error;
};

class EchoChannel {
 public:
  EchoChannel(const env::Env& env, base::IpAddress::Family family, const EchoOptions& options, std::uint16_t first_id)
      : family_(family), way_(options), whole_(options.whole), table_(env.random.next(), first_id) {}

  bool serves(base::IpAddress::Family family, const EchoOptions& options) const {
    return family_ == family && way_ == options && whole_ == options.whole;
  }

  // Opens the socket, unless it is open.
  base::Result<void> open(env::Network& network);
  bool is_open() const { return socket_ != nullptr; }
  bool raw() const { return raw_; }
  // What the packet has in its header: a ping socket gives its requests an identifier of its own.
  Announced::Ids on_the_wire(EchoIds ids) const;
  // Waits on it. Only while it is open.
  env::Task<base::Result<void>> receive(std::vector<env::Arrival>& into, std::size_t limit) {
    return socket_->receive(into, limit);
  }
  // What waits for room is given up with it.
  void close() {
    socket_.reset();
    outbox_.clear();
  }

  // Puts a request into the next flush(); `size` of its payload. Empty when there are too many.
  std::optional<EchoTable::Request> request(const base::IpAddress& target, EchoTable::Owner owner, std::uint32_t size);
  // Sends what was put. What the kernel has no room for now stays for the next time.
  std::vector<EchoUnsent> flush(base::Instant now);
  bool waits_for_room() const { return !outbox_.empty(); }
  // Empty when its answer is not waited for any more.
  std::optional<EchoTable::Owner> owner_of(EchoTable::Serial serial) const { return table_.owner_of(serial); }
  // Its answer is not waited for any more.
  void end(EchoTable::Serial serial) { table_.end(serial); }

  // Empty: it is nobody's, or tells nothing.
  std::optional<EchoNews> understand(const env::Arrival& arrival);

 private:
  struct Waiting {
    EchoTable::Serial serial;
    EchoIds ids;
    base::IpAddress target;
    std::uint32_t size;
  };

  std::optional<EchoNews> understand_queued_error(const env::Arrival& arrival) const;
  std::optional<EchoNews> understand_message(const env::Arrival& arrival);

  base::IpAddress::Family family_;
  Way way_;
  bool whole_;
  EchoTable table_;
  std::unique_ptr<env::DatagramSocket> socket_;
  bool raw_ = false;
  std::uint16_t own_id_ = 0;  // of a ping socket
  std::vector<Waiting> outbox_;
};

}  // namespace holter::probe
