/// The manual page, section 1, in roff (man macros): pericore.1.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace pericore::cli {

[[nodiscard]] std::string manual_page(const Command& program);

}  // namespace pericore::cli
