/// What a report shows beside a run: adapters from files of other commands to the page.
#pragma once

#include <filesystem>
#include <string>

#include "report/page_data.h"

namespace pericore::cli {

enum class ResultKind { run, sweep, diagram };

/// What a result file is of, by its dimensions. @throws IoError  unreadable
[[nodiscard]] ResultKind kind_of(const std::filesystem::path& file);

/// The points of a merged sweep, what became of their runs, and what `pericore sweep analyse` finds of it.
/// @throws InputError  not the merged result of a sweep
[[nodiscard]] report::Exhibit sweep_exhibit(const std::filesystem::path& file);

/// The branches of a bifurcation diagram (`pericore bifurcation -o FILE.h5`).
[[nodiscard]] report::Exhibit diagram_exhibit(const std::filesystem::path& file);

/// What `pericore compare --format json`, `pericore bias --format json` or `pericore calibrate` (calibration.json) wrote.
/// @throws InputError  none of them; with line and column where it is no JSON
/// @throws IoError     unreadable
[[nodiscard]] report::Exhibit json_exhibit(const std::filesystem::path& file);

/// The same from its text. @param name  of what it was made from, as the reader knows it
[[nodiscard]] report::Exhibit json_exhibit(const std::string& text, const std::string& name);

/// The attribute `title`, or the file's name without its ending.
[[nodiscard]] std::string title_of(const panel::Dataset& panel, const std::filesystem::path& file);

}  // namespace pericore::cli
