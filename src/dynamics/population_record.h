/// A population as numbers, for checkpoints.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pericore::dynamics {

struct PopulationRecord {
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<std::int64_t>> integers;
};

}  // namespace pericore::dynamics
