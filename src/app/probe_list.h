// `holter probe --list FILE`: a list of services in the ancestor's JSON form, gone through round and round as its
// management application does: the next entry begins when the interval of the one before has passed, or when that one
// has ended if it took longer. One line, or one JSON object, a probe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "env/env.h"
#include "imports/imported.h"
#include "probe/policy.h"

namespace holter::app {

struct ListWish {
  std::vector<imports::Entry> entries;  // at least one
  std::uint64_t rounds = 0;             // 0: until interrupted
  bool json = false;
  bool transcript = false;
  probe::Policy policy = {};

  bool has(record::ProbeKind kind) const;
};

struct ListOptions {
  std::optional<base::Duration> interval = {};  // instead of those of the entries
  std::optional<base::Duration> timeout = {};
};

// What the file says, with a fault for each entry that no prober can run; on standard error what is not taken of it.
// ErrorKind::invalid: a sentence that names the file.
base::Result<ListWish> list_wish(const std::string& path, const ListOptions& options);

// `wish` outlives the task. `code` becomes kDone when there was a probe and each was answered as expected.
env::Task<void> probe_list(env::Env env, const ListWish& wish, int& code);

}  // namespace holter::app
