/// A copy of the China data in a temporary folder, to be changed by a test.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "config/shipped.h"

namespace pericore::testing {

using CsvRows = std::vector<std::vector<std::string>>;

class EditedData {
 public:
  EditedData() {
    std::filesystem::copy(shipped("configs/china"), folder_ / "configs/china", recursive());
    std::filesystem::copy(shipped("scenarios/jilin"), folder_ / "scenarios/jilin", recursive());
  }

  [[nodiscard]] std::filesystem::path operator/(const std::string& file) const { return folder_.path() / file; }

  /// Rows of a file of configs/china without quoted cells, the header first, through `change` and back.
  void edit(const std::string& file, const std::function<void(CsvRows&)>& change) {
    const auto path = folder_.path() / "configs/china" / file;
    std::ifstream in(path);
    CsvRows rows;
    for (std::string line; std::getline(in, line);) {
      std::vector<std::string> cells;
      std::istringstream stream(line + ",");
      for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
      rows.push_back(std::move(cells));
    }
    in.close();
    change(rows);
    std::ofstream out(path);
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) out << (i == 0 ? "" : ",") << row[i];
      out << '\n';
    }
  }

  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_.path() / file) << text; }

  [[nodiscard]] simulation::Model model(const std::string& file, const std::vector<std::string>& options = {}) const {
    return config::load_model(folder_.path() / file, options);
  }

 private:
  static std::filesystem::copy_options recursive() { return std::filesystem::copy_options::recursive; }

  struct Folder : TemporaryFolder {
    Folder() {
      std::filesystem::create_directories(path() / "configs"),
          std::filesystem::create_directories(path() / "scenarios");
    }
  };
  Folder folder_;
};

/// Column of a table by its name.
inline std::size_t column(const CsvRows& rows, const std::string& name) {
  return static_cast<std::size_t>(std::find(rows.front().begin(), rows.front().end(), name) - rows.front().begin());
}

inline std::vector<std::string>& row_of(CsvRows& rows, const std::string& id) {
  return *std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.front() == id; });
}

}  // namespace pericore::testing
