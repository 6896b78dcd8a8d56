/// One self-contained HTML page: no network, no script but its own.
#pragma once

#include <string>
#include <string_view>

#include "report/page_assets.h"
#include "report/page_data.h"

namespace pericore::report {

/// The page as text (UTF-8). Its content policy allows the script and the style of `assets` by their hashes, images made in the page, and
/// nothing else. The same input gives the same bytes.
///
/// @param boundaries  TopoJSON or "null": boundaries_of()
[[nodiscard]] std::string html_page(const PageAssets& assets, std::string_view title, const PageData& data,
                                    std::string_view boundaries);

/// JSON that may stand inside a script element: no '<' is left in it.
[[nodiscard]] std::string json_for_html(std::string_view json);

/// Text that may stand in an element or a quoted attribute.
[[nodiscard]] std::string escaped_html(std::string_view text);

}  // namespace pericore::report
