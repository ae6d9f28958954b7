// The certificate that lines over TLS are proved by: what the settings name, else one of holter's own, which signs
// itself, lies in the data directory and is made there at the first start.
#pragma once

#include <string>

#include "app/paths.h"
#include "config/settings.h"
#include "env/env.h"

namespace holter::app {

// Reads, and makes where it is wanted, away from the loop. Without lines: nothing, and nothing is made.
env::Task<base::Result<env::TlsPem>> certificate_of(env::Env env, config::Settings settings, Paths paths);

struct CertificateWish {
  std::string certificate;  // paths; both or none
  std::string private_key;
  std::string host;  // for one of its own
  base::WallTime now;
};

// The same for who may block.
base::Result<env::TlsPem> read_or_make(env::Files& files, const Paths& paths, const CertificateWish& wish);

}  // namespace holter::app
