// Env is the outside world as one small struct of references: the first argument of whatever does I/O, copied freely,
// never stored globally. An Env belongs to one loop; every loop (and every simulated node) has its own.
#pragma once

#include "env/clock.h"
#include "env/files.h"
#include "env/frames.h"
#include "env/host.h"
#include "env/http_client.h"
#include "env/log.h"
#include "env/network.h"
#include "env/offload.h"
#include "env/programs.h"
#include "env/random.h"
#include "env/task.h"

namespace holter::env {

struct Env {
  Clock& clock;
  Network& network;
  HttpClient& http;
  Programs& programs;
  Frames& frames;
  Files& files;
  Host& host;
  Random& random;
  Log& log;
  Offload& offload;
  boost::asio::any_io_executor executor;
};

}  // namespace holter::env
