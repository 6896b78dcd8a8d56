/// Which vector instructions the numerical loops use. The loops are written so that every set gives the same bytes: a
/// set is a matter of speed alone, and the choice at run time lets a program for any x86-64 use what the machine has.
#pragma once

#include <string_view>
#include <vector>

namespace pericore::numerics {

enum class InstructionSet {
  baseline,  ///< what the compiler was told to assume: SSE2 on x86-64
  avx2,
  avx512,
};

/// Sets that this machine and this build can run, slowest first; the baseline is always there.
[[nodiscard]] const std::vector<InstructionSet>& available_instruction_sets();

/// The set in use: at the start the fastest available one.
[[nodiscard]] InstructionSet instruction_set();

/// Changes it for later products, for tests and measurements. Call it from one thread, outside parallel work.
///
/// @throws DomainError  if the set is not available
void set_instruction_set(InstructionSet set);

/// "baseline", "avx2", "avx512".
[[nodiscard]] std::string_view name(InstructionSet set);

}  // namespace pericore::numerics
