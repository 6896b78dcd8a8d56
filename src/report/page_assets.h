/// What the page is made of besides its data; built from src/report/page/ and part of the program.
#pragma once

#include <string_view>

namespace pericore::report {

/// Program, style and maps of the page; all empty where the program was built without Node.js.
struct PageAssets {
  std::string_view script;          ///< JavaScript, one file
  std::string_view style;           ///< CSS
  std::string_view script_hash;     ///< SHA-256 of `script`, base64, as a content policy names it
  std::string_view style_hash;      ///< of `style`
  std::string_view boundaries;      ///< TopoJSON with the object `units`; id is the code of the unit
  std::string_view licences;        ///< texts of what the four above contain
  std::string_view missing_reason;  ///< why they are empty; else empty
};

/// Those of this build.
[[nodiscard]] const PageAssets& page_assets();

}  // namespace pericore::report
