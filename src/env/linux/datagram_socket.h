// Datagram sockets: UDP, the kernel's unprivileged ping sockets, raw ICMP and TCP through a RawSocketSource. One system
// call reads many datagrams, into one buffer that all sockets of a loop share, and send_all() sends many.
//
// The error queue is read after the datagrams and delivered before them: a transmit stamp is there before the answer to
// its datagram, so a prober always sees `transmitted` before `data`. An ICMP error for one peer also makes the kernel
// fail the next send to any other; such a left-over is consumed and the send tried again.
#pragma once

#include <memory>

#include "env/linux/raw_sockets.h"
#include "env/linux/receive_buffer.h"
#include "env/network.h"

namespace holter::env_linux {

// `raw_sockets` may be null (raw kinds are then refused); `clock` outlives the socket.
base::Result<std::unique_ptr<env::DatagramSocket>> open_datagram_socket(const env::DatagramOptions& options,
                                                                        const boost::asio::any_io_executor& executor,
                                                                        const env::Clock& clock,
                                                                        RawSocketSource* raw_sockets,
                                                                        std::shared_ptr<ReceiveBuffer> buffer);

}  // namespace holter::env_linux
