// SessionIndex finds a session by its name and by what proves it. Names are kept in a pool, as bytes that
// never move. Open addressing with twice as many places as sessions; the place of a name depends on a key drawn at
// random, so that nobody can choose names that meet. Places that were never used cost no memory. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>

#include "base/keyed_hash.h"
#include "record/pulse.h"

namespace holter::heartbeat {

class SessionIndex {
 public:
  using Row = std::uint32_t;
  struct Name {
    std::string_view text;
    record::Authentication authentication = record::Authentication::none;
    friend bool operator==(const Name&, const Name&) = default;
  };

  // At most `limit` rows. `name_of` says which name stands in a row.
  SessionIndex(std::size_t limit, base::HashKey key, std::function<Name(Row)> name_of);

  std::optional<Row> find(Name name) const;
  // The name is not there yet. Returns its bytes, which stay until remove().
  const char* add(Name name, Row row);
  // `name.text` is what add() returned: these bytes are free for other names then.
  void remove(Name name);
  // A row of this name got another number.
  void renumber(Name name, Row row);

 private:
  static constexpr Row kFree = 0;  // places hold row + 1

  std::size_t home(Name name) const;
  std::size_t place_of(Name name) const;  // where it stands, or the free place where its search ends

  struct Release {
    void operator()(Row* places) const;
  };
  std::size_t mask_;
  base::HashKey key_;
  std::function<Name(Row)> name_of_;
  std::unique_ptr<Row[], Release> places_;
  std::pmr::unsynchronized_pool_resource pool_;
};

}  // namespace holter::heartbeat
