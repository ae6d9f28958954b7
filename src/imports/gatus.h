// The configuration of Gatus (YAML, "endpoints:"): each endpoint becomes a probe, its conditions expectations. Pure;
// the text is hostile.
#pragma once

#include "imports/imported.h"
#include "imports/yaml.h"

namespace holter::imports {

bool is_gatus(const Yaml& root);

Imported read_gatus(const Yaml& root);

}  // namespace holter::imports
