/// What the page of a lever says beyond the lever table: sensible sizes, remarks, a worked scenario. docs/levers/ has the pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pericore::policy {

struct LeverPage {
  std::string_view key;
  std::string_view sensible;  ///< sizes one may take seriously
  std::string_view remark;    ///< what to know beside; may be empty
  std::string_view scenario;  ///< YAML that runs as it stands beside scenarios/jilin/baseline.yaml
};

/// One page a lever, in the order of levers().
[[nodiscard]] std::span<const LeverPage> lever_pages();

/// The page of a lever that exists.
[[nodiscard]] const LeverPage& page_of(std::string_view key);

/// docs/levers/<key>.md, whole.
/// @throws InputError  if there is no such lever, with the nearest key
[[nodiscard]] std::string lever_markdown(std::string_view key);

}  // namespace pericore::policy
