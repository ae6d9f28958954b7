#include "app/network_text.h"

#include "base/json_writer.h"
#include "base/untrusted_text.h"
#include "term/table.h"

namespace holter::app {
namespace {

std::string shown(const std::string& name) { return base::UntrustedText(name).for_terminal(); }

std::string joined(const std::vector<base::IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + to_string(address);
  return text;
}

}  // namespace

std::string interfaces_text(const std::vector<env::Interface>& interfaces, const term::Screen& screen) {
  term::Table table({{"INTERFACE"}, {"STATE"}, {"MAC"}, {"ADDRESSES"}});
  for (const auto& interface : interfaces) {
    const term::Cell state = {interface.up ? "up" : "down", interface.up ? term::Tone::good : term::Tone::faint};
    table.add({{shown(interface.name)},
               state,
               {interface.mac.empty() ? "-" : interface.mac},
               {interface.addresses.empty() ? "-" : joined(interface.addresses)}});
  }
  return table.empty() ? "no interface\n" : table.draw(screen);
}

std::string gateways_text(const std::vector<env::Gateway>& gateways, const term::Screen& screen) {
  term::Table table({{"GATEWAY"}, {"INTERFACE"}, {"METRIC", true}});
  for (const auto& gateway : gateways) {
    table.add({{to_string(gateway.address)}, {shown(gateway.interface)}, {std::to_string(gateway.metric)}});
  }
  return table.empty() ? "no default route, so no gateway\n" : table.draw(screen);
}

std::string interface_json(const env::Interface& interface) {
  base::JsonWriter json;
  json.begin_object().member("index", interface.index).member("name", base::UntrustedText(interface.name));
  json.member("up", interface.up).member("loopback", interface.loopback).member("mac", interface.mac);
  json.key("addresses").begin_array();
  for (const auto& address : interface.addresses) json.text(to_string(address));
  json.end_array().end_object();
  return json.take();
}

std::string gateway_json(const env::Gateway& gateway) {
  base::JsonWriter json;
  json.begin_object().member("address", to_string(gateway.address));
  json.member("interface", base::UntrustedText(gateway.interface)).member("metric", gateway.metric).end_object();
  return json.take();
}

}  // namespace holter::app
