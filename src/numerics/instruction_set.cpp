#include "numerics/instruction_set.h"

#include <algorithm>
#include <atomic>
#include <string>

#include "base/errors.h"

namespace pericore::numerics {
namespace {

std::atomic<InstructionSet>& current() {
  static std::atomic<InstructionSet> set = available_instruction_sets().back();
  return set;
}

}  // namespace

const std::vector<InstructionSet>& available_instruction_sets() {
  static const std::vector<InstructionSet> sets = [] {
    std::vector<InstructionSet> found{InstructionSet::baseline};
#ifdef __x86_64__
    // The compiler's run-time library also asks whether the operating system saves the wide registers.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) found.push_back(InstructionSet::avx2);
    if (__builtin_cpu_supports("avx512f")) found.push_back(InstructionSet::avx512);
#endif
    return found;
  }();
  return sets;
}

InstructionSet instruction_set() { return current().load(std::memory_order_relaxed); }

void set_instruction_set(InstructionSet set) {
  const auto& sets = available_instruction_sets();
  if (std::find(sets.begin(), sets.end(), set) == sets.end())
    throw DomainError("this machine has no " + std::string(name(set)) + " instructions");
  current().store(set, std::memory_order_relaxed);
}

std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::baseline:
      break;
  }
  return "baseline";
}

}  // namespace pericore::numerics
