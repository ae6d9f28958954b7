// Interfaces and gateways as tables and as JSON objects, one a line. Names of interfaces are chosen by whoever may make
// them, so they are shown as untrusted text. Pure.
#pragma once

#include <string>
#include <vector>

#include "env/host.h"
#include "term/screen.h"

namespace holter::app {

std::string interfaces_text(const std::vector<env::Interface>& interfaces, const term::Screen& screen);
std::string gateways_text(const std::vector<env::Gateway>& gateways, const term::Screen& screen);

// {"index":2,"name":"eth0","up":true,"loopback":false,"mac":"aa:bb:cc:dd:ee:ff","addresses":["192.0.2.7"]}
std::string interface_json(const env::Interface& interface);
// {"address":"192.0.2.1","interface":"eth0","metric":100}
std::string gateway_json(const env::Gateway& gateway);

}  // namespace holter::app
