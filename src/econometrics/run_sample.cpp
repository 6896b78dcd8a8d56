#include "econometrics/run_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace pericore::econometrics {
namespace {

/// Marks rows in which something is missing, and remembers what is missing most.
class Completeness {
 public:
  explicit Completeness(std::vector<char> picked) : complete_(std::move(picked)) {
    picked_ = std::count(complete_.begin(), complete_.end(), char{1});
    before_ = complete_;
  }

  template <class Missing>
  void require(const std::string& name, const Missing& missing) {
    long lost = 0;
    for (std::size_t i = 0; i < complete_.size(); ++i) {
      if (before_[i] == 0 || !missing(i)) continue;
      complete_[i] = 0;
      ++lost;
    }
    if (lost > most_lost_) {
      most_lost_ = lost;
      worst_ = name;
    }
  }

  void require(const formula::TermValues& term) {
    require(term.name, [&](std::size_t i) {
      if (term.numbers.size() > 0 && std::isnan(term.numbers[static_cast<Eigen::Index>(i)])) return true;
      return std::any_of(term.factors.begin(), term.factors.end(),
                         [&](const formula::Factor& f) { return f.coding->codes[i] < 0; });
    });
  }

  [[nodiscard]] std::vector<std::size_t> rows(const panel::PanelIndex& index) const {
    std::vector<std::size_t> rows;
    for (const std::size_t row : index.sorted()) {
      if (complete_[row] != 0) rows.push_back(row);
    }
    if (!rows.empty()) return rows;
    if (picked_ == 0) throw InputError("no row of the data is in the sample");
    throw InputError(
        fmt::format("no complete row: {} is missing in {} of the {} rows in the sample", worst_, most_lost_, picked_));
  }

 private:
  std::vector<char> complete_;
  std::vector<char> before_;
  long picked_ = 0;
  long most_lost_ = 0;
  std::string worst_;
};

Eigen::VectorXd at_rows(const Eigen::VectorXd& values, const std::vector<std::size_t>& rows) {
  Eigen::VectorXd result(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    result[static_cast<Eigen::Index>(i)] = values[static_cast<Eigen::Index>(rows[i])];
  return result;
}

Eigen::VectorXd column_at(const panel::Table& table, const std::string& name, const std::vector<std::size_t>& rows) {
  const panel::Column& column = table.column(name);
  if (column.is_text) throw InputError(fmt::format("column '{}' holds texts, not degrees", name));
  Eigen::VectorXd result(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) result[static_cast<Eigen::Index>(i)] = column.numbers[rows[i]];
  return result;
}

/// Leaves out rows that are alone in their level; returns how many.
long drop_singletons(const panel::Coding& effect, std::vector<std::size_t>& rows) {
  std::vector<long> sizes(static_cast<std::size_t>(effect.count()), 0);
  for (const std::size_t row : rows) ++sizes[static_cast<std::size_t>(effect.codes[row])];
  const std::size_t before = rows.size();
  std::erase_if(rows, [&](std::size_t row) { return sizes[static_cast<std::size_t>(effect.codes[row])] == 1; });
  return static_cast<long>(before - rows.size());
}

Columns to_columns(std::vector<formula::DesignColumns> parts, std::size_t rows, bool constant) {
  // Time dummies come last: what is collinear is dropped from the right.
  Columns columns;
  Eigen::Index count = constant ? 1 : 0;
  for (const auto& part : parts) count += part.values.cols();
  columns.values.resize(static_cast<Eigen::Index>(rows), count);
  Eigen::Index at = 0;
  if (constant) {
    columns.values.col(at++).setOnes();
    columns.names.emplace_back("(Intercept)");
  }
  for (const char dummies : {char{0}, char{1}}) {
    for (const auto& part : parts) {
      for (Eigen::Index j = 0; j < part.values.cols(); ++j) {
        if (part.is_time_dummy[static_cast<std::size_t>(j)] != dummies) continue;
        columns.values.col(at++) = part.values.col(j);
        columns.names.push_back(part.names[static_cast<std::size_t>(j)]);
      }
    }
  }
  return columns;
}

}  // namespace

Grouping make_grouping(const std::string& name, const panel::Coding& coding, const std::vector<std::size_t>& rows) {
  Grouping grouping;
  grouping.name = name;
  std::vector<int> next(static_cast<std::size_t>(coding.count()), -1);
  for (const std::size_t row : rows) next[static_cast<std::size_t>(coding.codes[row])] = 0;
  for (int& code : next) code = code < 0 ? -1 : grouping.count++;
  grouping.codes.reserve(rows.size());
  for (const std::size_t row : rows) grouping.codes.push_back(next[static_cast<std::size_t>(coding.codes[row])]);
  return grouping;
}

Columns make_columns(const std::vector<formula::Term>& terms, const PanelData& data,
                     const std::vector<std::size_t>& rows, bool constant) {
  std::vector<formula::DesignColumns> parts;
  for (const formula::Term& term : terms) {
    if (term.factors.empty()) continue;
    parts.push_back(formula::expand(data.evaluator.term(term), rows, formula::full_factors(term, terms)));
  }
  return to_columns(std::move(parts), rows.size(), constant);
}

VcovSpec make_vcov(const VcovRequest& request, const PanelData& data, const std::vector<std::size_t>& rows) {
  VcovSpec vcov;
  vcov.kind = request.kind;
  vcov.kernel = request.kernel;
  vcov.bandwidth = request.bandwidth;
  vcov.cutoff_km = request.cutoff_km;
  vcov.serial_bandwidth = request.serial_bandwidth;
  for (const std::string& name : request.columns)
    vcov.clusters.push_back(make_grouping(name, *data.evaluator.coding(name), rows));
  return vcov;
}

RunSample make_sample(const ModelSpec& model, const formula::Formula& formula, const PanelData& data,
                      const std::vector<char>& picked) {
  RunSample run;
  Completeness complete(picked);
  const Eigen::VectorXd y = data.evaluator.numbers(formula.response);
  complete.require(to_text(formula.response),
                   [&](std::size_t i) { return !std::isfinite(y[static_cast<Eigen::Index>(i)]); });
  for (const auto* terms : {&formula.exogenous, &formula.endogenous, &formula.instruments}) {
    for (const formula::Term& term : *terms) {
      if (!term.factors.empty()) complete.require(data.evaluator.term(term));
    }
  }
  std::vector<panel::Coding> absorbed;
  for (const formula::Term& effect : formula.absorbed) {
    absorbed.push_back(data.evaluator.coding(effect));
    complete.require(to_text(effect), [&](std::size_t i) { return absorbed.back().codes[i] < 0; });
  }
  for (const std::string& name : model.vcov.columns) {
    const auto coding = data.evaluator.coding(name);
    complete.require(name, [&](std::size_t i) { return coding->codes[i] < 0; });
  }
  const bool distances = model.vcov.kind == VcovKind::spatial_hac || is_spatial(model.method);
  if (model.vcov.kind == VcovKind::spatial_hac && data.latitude.empty())
    throw InputError("spatial_hac needs 'panel: {coordinates: [latitude, longitude]}'");
  if (distances && !data.latitude.empty()) {
    for (const std::string& name : {data.latitude, data.longitude}) {
      const panel::Column& column = data.table.column(name);
      complete.require(name, [&](std::size_t i) { return column.missing(i); });
    }
  }

  run.rows = complete.rows(data.index);
  Sample& sample = run.sample;
  if (!absorbed.empty() && !model.keep_singletons) {
    const std::size_t before = run.rows.size();
    sample.singletons = drop_singletons(absorbed[0], run.rows);
    if (run.rows.empty())
      throw InputError(fmt::format("each of the {} complete rows is alone in its {}: nothing is left to estimate from",
                                   before, to_text(formula.absorbed[0])));
  }
  const std::vector<std::size_t>& rows = run.rows;
  sample.y = at_rows(y, rows);
  sample.y_name = to_text(formula.response);
  sample.exogenous = make_columns(formula.exogenous, data, rows, formula.constant && absorbed.empty());
  sample.endogenous = make_columns(formula.endogenous, data, rows);
  sample.instruments = make_columns(formula.instruments, data, rows);
  require_size(sample.y_name, sample.y);
  for (const Columns* columns : {&sample.exogenous, &sample.endogenous, &sample.instruments}) {
    for (Eigen::Index j = 0; j < columns->count(); ++j)
      require_size(columns->names[static_cast<std::size_t>(j)], columns->values.col(j));
  }
  for (std::size_t k = 0; k < absorbed.size(); ++k)
    sample.absorbed.push_back(make_grouping(to_text(formula.absorbed[k]), absorbed[k], rows));
  if (data.index.has_entity()) sample.entity = make_grouping(data.entity, data.index.entities(), rows);
  if (data.index.has_time()) {
    sample.time.reserve(rows.size());
    for (const std::size_t row : rows) sample.time.push_back(data.index.time(row));
  }
  if (distances && !data.latitude.empty()) {
    sample.latitude = column_at(data.table, data.latitude, rows);
    sample.longitude = column_at(data.table, data.longitude, rows);
  }
  run.vcov = make_vcov(model.vcov, data, rows);
  for (const Grouping& cluster : run.vcov.clusters) {
    if (!sample.absorbed.empty() && run.vcov.clusters.size() == 1 && !nested(sample.absorbed[0], cluster))
      run.warnings.push_back(
          fmt::format("levels of the effect {} are spread over clusters {}", sample.absorbed[0].name, cluster.name));
  }
  return run;
}

}  // namespace pericore::econometrics
