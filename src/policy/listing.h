/// The lever table for people and programs: `pericore levers [NAME]`.
#pragma once

#include <string>
#include <string_view>

namespace pericore::policy {

/// One line a lever, or with a key everything about that one.
///
/// @throws InputError  if there is no such lever, with the nearest key
[[nodiscard]] std::string levers_text(std::string_view key = {});

/// The same as a JSON list of objects {lever, description, mechanism, size: {meaning, unit, minimum, maximum, default}, cost: {default,
/// unit, note}, payer, sectors, suppliers, sensible, remark, scenario, source, expected, instruments: [{instrument, unit, equation, per_size, minimum, maximum}]}.
/// Infinite bounds are null.
///
/// @throws InputError  if there is no such lever
[[nodiscard]] std::string levers_json(std::string_view key = {});

}  // namespace pericore::policy
