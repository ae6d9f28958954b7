// Byte streams over TCP and Unix sockets, one implementation for both: a connected descriptor on the loop. TCP is sent
// without delay (TCP_NODELAY), since holter writes whole messages. Loop's thread.
#pragma once

#include <memory>
#include <string>

#include "env/linux/unique_fd.h"
#include "env/network.h"

namespace holter::env_linux {

// Takes over a connected, non-blocking stream socket of either family.
base::Result<std::unique_ptr<env::ByteStream>> make_byte_stream(UniqueFd fd,
                                                                const boost::asio::any_io_executor& executor);

// `bound`, when it is there, hears the own end before the SYN leaves.
env::Task<base::Result<std::unique_ptr<env::ByteStream>>> connect_tcp(base::Endpoint to, env::Egress egress,
                                                                      env::Network::Bound bound,
                                                                      boost::asio::any_io_executor executor);

// A Unix socket connects at once or not at all: busy when its listener's queue is full.
base::Result<std::unique_ptr<env::ByteStream>> connect_unix(const std::string& path,
                                                            const boost::asio::any_io_executor& executor);

}  // namespace holter::env_linux
