// What libldns hands out, owned: for the units that speak its types. Deep: what is in it is freed with it.
#pragma once

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace holter::probe {

struct FreeLdns {
  void operator()(void* memory) const { std::free(memory); }
  void operator()(ldns_rdf* data) const { ldns_rdf_deep_free(data); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rr_list* records) const { ldns_rr_list_deep_free(records); }
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};

template <class T>
using Owned = std::unique_ptr<T, FreeLdns>;

inline std::string text_of(char* owned) {
  const Owned<char> text(owned);
  return text ? std::string(text.get()) : std::string();
}

}  // namespace holter::probe
