#include "sim/stream.h"

#include <algorithm>

namespace holter::sim {
namespace {

using base::Error;
using base::ErrorKind;

}  // namespace

StreamEnd::StreamEnd(base::Endpoint local, base::Endpoint peer, std::shared_ptr<Pipe> out, Timeline& timeline,
                     boost::asio::any_io_executor executor)
    : local_(local), peer_(peer), out_(std::move(out)), timeline_(timeline), changed_(std::move(executor)) {}

StreamEnd::~StreamEnd() { close(); }

void StreamEnd::join(const std::shared_ptr<StreamEnd>& a, const std::shared_ptr<StreamEnd>& b) {
  a->other_ = b;
  b->other_ = a;
  a->out_->connect(a, b);
  b->out_->connect(b, a);
}

env::Task<base::Result<std::size_t>> StreamEnd::read_some(std::shared_ptr<StreamEnd> self,
                                                          std::span<std::uint8_t> into) {
  for (;;) {
    if (self->closed_) co_return Error{ErrorKind::closed, "the stream was closed here"};
    if (!self->reset_.empty()) co_return Error{ErrorKind::closed, self->reset_};
    if (!self->incoming_.empty()) break;
    if (self->end_seen_) co_return Error{ErrorKind::closed, "the peer closed the stream"};
    co_await self->changed_.wait();
  }
  const std::size_t n = std::min(into.size(), self->incoming_.size());
  const auto end = self->incoming_.begin() + static_cast<std::ptrdiff_t>(n);
  std::copy(self->incoming_.begin(), end, into.begin());
  self->incoming_.erase(self->incoming_.begin(), end);
  if (const auto other = self->other_.lock()) other->consumed(n);
  co_return n;
}

void StreamEnd::consumed(std::size_t bytes) {
  outstanding_ -= bytes;
  changed_.notify();
}

env::Task<base::Result<void>> StreamEnd::write_all(std::shared_ptr<StreamEnd> self, base::Bytes bytes) {
  while (!bytes.empty()) {
    if (self->closed_ || self->write_shut_) co_return Error{ErrorKind::closed, "the stream was closed here"};
    if (!self->reset_.empty()) co_return Error{ErrorKind::closed, self->reset_};
    if (self->outstanding_ < kStreamWindow) {
      self->send_part(bytes);
    } else {
      co_await self->changed_.wait();
    }
  }
  co_return base::Result<void>();
}

void StreamEnd::send_part(base::Bytes& left) {
  const std::size_t most = std::min({left.size(), kLargestSegment, kStreamWindow - outstanding_});
  // Now and then a cut at an odd place: no reader may count on what one write sent.
  const bool whole = timeline_.random().chance(0.7);
  const std::size_t n = whole ? most : 1 + timeline_.random().below(most);
  outstanding_ += n;
  const auto part = left.first(n);
  out_->push({Pipe::Segment::Kind::data, {part.begin(), part.end()}});
  left = left.subspan(n);
}

void StreamEnd::shutdown_write() {
  if (std::exchange(write_shut_, true) || !reset_.empty()) return;
  out_->push({Pipe::Segment::Kind::end, {}});
}

void StreamEnd::close() {
  if (std::exchange(closed_, true)) return;
  changed_.notify();
  if (!reset_.empty()) return;
  if (!incoming_.empty()) return out_->push({Pipe::Segment::Kind::reset, {}});
  shutdown_write();
}

void StreamEnd::take(Pipe::Segment segment) {
  switch (segment.kind) {
    case Pipe::Segment::Kind::data:
      incoming_.insert(incoming_.end(), segment.bytes.begin(), segment.bytes.end());
      break;
    case Pipe::Segment::Kind::end: end_seen_ = true; break;
    case Pipe::Segment::Kind::reset: return reset("the peer reset the connection");
  }
  changed_.notify();
}

void StreamEnd::reset(std::string why) {
  reset_ = std::move(why);
  changed_.notify();
}

}  // namespace holter::sim
