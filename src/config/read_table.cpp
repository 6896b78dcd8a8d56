#include "config/read_table.h"

#include <fstream>
#include <limits>
#include <optional>

#include "base/errors.h"
#include "config/csv.h"
#include "panel/describe.h"
#include "panel/hdf5_file.h"

namespace pericore::config {
namespace {

panel::Table to_table(const CsvTable& csv) {
  panel::Table table(csv.row_count());
  for (std::size_t j = 0; j < csv.columns().size(); ++j) {
    if (table.find(csv.columns()[j]) != nullptr) continue;  // a fault of the header, known
    panel::Column column;
    column.name = csv.columns()[j];
    column.numbers.reserve(csv.row_count());
    for (std::size_t i = 0; i < csv.row_count() && !column.is_text; ++i) {
      const std::string_view text = csv.text(i, j);
      const std::optional<double> value = panel::parse_number(text);
      column.is_text = !value && !panel::is_missing_number(text);
      column.numbers.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    if (column.is_text) {
      column.numbers.clear();
      column.numbers.shrink_to_fit();
      for (std::size_t i = 0; i < csv.row_count(); ++i) column.texts.emplace_back(csv.text(i, j));
    }
    table.add(std::move(column));
  }
  return table;
}

}  // namespace

bool is_hdf5(const std::filesystem::path& file) {
  static constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  std::ifstream stream(file, std::ios::binary);
  std::string start(signature.size(), '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  return stream && start == signature;
}

panel::Table read_table(const std::filesystem::path& file, Faults& faults, const NamedAt* named_at) {
  if (file != "-" && is_hdf5(file)) {
    const panel::Dataset dataset = panel::read_dataset(file);
    const auto source = make_source(SourceKind::file, file.string(), {}, panel::tidy_csv(dataset));
    return to_table(CsvTable::parse(source, faults));
  }
  return to_table(read_csv(file, faults, named_at));
}

panel::Table tidy_table(const panel::Dataset& result) {
  Faults faults;
  const auto source = make_source(SourceKind::file, "result", {}, panel::tidy_csv(result));
  panel::Table table = to_table(CsvTable::parse(source, faults));
  faults.raise_if_any();
  return table;
}

}  // namespace pericore::config
