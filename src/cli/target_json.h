/// What `compare` and `calibrate` write of a target alike.
#pragma once

#include <nlohmann/json.hpp>

#include "compare/targets.h"

namespace pericore::cli {

/// Data that the value of a target was estimated from; null where it stands in the file.
[[nodiscard]] inline nlohmann::ordered_json estimated_json(const compare::Target& target) {
  if (!target.estimated) return nullptr;
  return {{"file", target.estimated->file},
          {"spec", target.coefficient->of.spec},
          {"method", target.estimated->method},
          {"observations", target.estimated->observations}};
}

}  // namespace pericore::cli
