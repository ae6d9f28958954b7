// Where the API gets stored records from: app's Keeper, which reads the store on its own thread, one bounded step at a
// time between the writer's. Must outlive whoever asks.
#pragma once

#include <vector>

#include "base/result.h"
#include "env/task.h"
#include "store/fence.h"
#include "store/page.h"

namespace holter::api {

class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // The query's predicate runs on the store's thread.
  virtual env::Task<base::Result<store::Page>> page(store::PageQuery query) = 0;
  // Of these lanes, all at one moment.
  virtual env::Task<store::Fence> fence(std::vector<record::Lane> lanes) = 0;
};

}  // namespace holter::api
