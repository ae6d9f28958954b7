// Frames of one loop: packet rings (packet_ring.h) read through the loop's readiness, so that an idle interface costs
// no wake-up. See env/frames.h for the contract.
//
// Accounting: FrameCounters::packets counts exactly the frames that were put into the ring or dropped for want of room
// in it; on a loopback interface the outgoing twin of each frame is neither delivered nor counted. At any quiet moment
// sum(packets) = frames delivered + sum(drops); while traffic flows the difference is what still lies in the ring.
#pragma once

#include <memory>

#include "env/frames.h"
#include "env/linux/raw_sockets.h"

namespace holter::env_linux {

class Frames final : public env::Frames {
 public:
  // `raw_sockets` outlives this; null: opening is refused (ErrorKind::permission).
  Frames(boost::asio::any_io_executor executor, RawSocketSource* raw_sockets);

  base::Result<std::unique_ptr<env::FrameSource>> open(const env::FrameOptions& options) override;

 private:
  boost::asio::any_io_executor executor_;
  RawSocketSource* raw_sockets_;
};

}  // namespace holter::env_linux
