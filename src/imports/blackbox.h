// The configuration of blackbox_exporter (YAML, "modules:"), whose modules become modules of holter, and that of the
// Prometheus which asks it ("scrape_configs:"), whose targets become probes by those modules. Pure; the texts are
// hostile.
#pragma once

#include "base/result.h"
#include "imports/imported.h"
#include "imports/yaml.h"

namespace holter::imports {

bool is_blackbox(const Yaml& root);

Imported read_blackbox(const Yaml& root);

// Adds a probe for each target of each job that is asked for by one of the modules there.
void read_scrape_targets(const Yaml& prometheus, Imported& into);

}  // namespace holter::imports
