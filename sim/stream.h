// StreamEnd is one end of a simulated byte stream, between hosts (TCP) or inside one (Unix sockets). Destroying it
// closes it as a kernel does for a dead process: the peer reads the end, or a reset when something was left unread. A
// host without power says nothing. At most kStreamWindow bytes are on their way or unread; a writer waits for more
// room.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "env/network.h"
#include "sim/pipe.h"

namespace holter::sim {

inline constexpr std::size_t kStreamWindow = 64 * 1024;
inline constexpr std::size_t kLargestSegment = 1'448;

class StreamEnd {
 public:
  StreamEnd(base::Endpoint local, base::Endpoint peer, std::shared_ptr<Pipe> out, Timeline& timeline,
            boost::asio::any_io_executor executor);
  ~StreamEnd();
  StreamEnd(const StreamEnd&) = delete;
  StreamEnd& operator=(const StreamEnd&) = delete;

  // Joins two ends made with the pipes between them.
  static void join(const std::shared_ptr<StreamEnd>& a, const std::shared_ptr<StreamEnd>& b);

  base::Endpoint local() const { return local_; }
  base::Endpoint peer() const { return peer_; }
  bool closed() const { return closed_; }
  std::optional<env::PeerCredentials> credentials;

  static env::Task<base::Result<std::size_t>> read_some(std::shared_ptr<StreamEnd> self, std::span<std::uint8_t> into);
  static env::Task<base::Result<void>> write_all(std::shared_ptr<StreamEnd> self, base::Bytes bytes);
  void shutdown_write();
  void close();

  // From the pipes.
  void take(Pipe::Segment segment);
  void reset(std::string why);

 private:
  void send_part(base::Bytes& left);
  void consumed(std::size_t bytes);

  base::Endpoint local_;
  base::Endpoint peer_;
  std::shared_ptr<Pipe> out_;
  Timeline& timeline_;
  env::Signal changed_;
  std::weak_ptr<StreamEnd> other_;
  std::deque<std::uint8_t> incoming_;
  std::size_t outstanding_ = 0;  // sent and not yet read by the other end
  bool end_seen_ = false;
  bool write_shut_ = false;
  bool closed_ = false;
  std::string reset_;            // why, when it was
};

// What a program holds.
class HeldStream final : public env::ByteStream {
 public:
  explicit HeldStream(std::shared_ptr<StreamEnd> end) : end_(std::move(end)) {}
  ~HeldStream() override { end_->close(); }
  HeldStream(const HeldStream&) = delete;
  HeldStream& operator=(const HeldStream&) = delete;

  base::Endpoint local() const override { return end_->local(); }
  base::Endpoint peer() const override { return end_->peer(); }
  std::optional<env::PeerCredentials> credentials() const override { return end_->credentials; }
  env::Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    return StreamEnd::read_some(end_, into);
  }
  env::Task<base::Result<void>> write_all(base::Bytes bytes) override { return StreamEnd::write_all(end_, bytes); }
  void shutdown_write() override { end_->shutdown_write(); }
  void close() override { end_->close(); }

 private:
  std::shared_ptr<StreamEnd> end_;
};

}  // namespace holter::sim
