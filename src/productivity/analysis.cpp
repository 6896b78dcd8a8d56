#include "productivity/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>

#include "base/errors.h"

namespace pericore::productivity {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t shown_faults = 20;
constexpr double same_scale = 1e-7;  // relative difference of efficiencies below which returns count as constant

/// Faults of the data, thrown together.
class DataFaults {
 public:
  void add(const std::string& text) { faults_.push_back(text); }
  void raise_if_any() const {
    if (faults_.empty()) return;
    std::string text;
    for (std::size_t k = 0; k < std::min(faults_.size(), shown_faults); ++k) text += (k > 0 ? "\n" : "") + faults_[k];
    if (faults_.size() > shown_faults) text += fmt::format("\nand {} more", faults_.size() - shown_faults);
    throw InputError(text);
  }

 private:
  std::vector<std::string> faults_;
};

class Analyst {
 public:
  using Progress = std::function<void(int, int)>;

  Analyst(const panel::Table& table, const Specification& specification, const Progress& progress)
      : table_(table), spec_(specification), progress_(progress), index_(make_index()) {}

  Analysis run() {
    describe_rows();
    if (spec_.capital) add_capital();
    if (!spec_.inputs.empty() || !spec_.outputs.empty()) {
      collect_units();
      add_scores();
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] panel::PanelIndex make_index() const {
    return spec_.time.empty() ? panel::PanelIndex(table_, spec_.entity)
                              : panel::PanelIndex(table_, spec_.entity, spec_.time);
  }

  [[nodiscard]] std::string place(std::size_t row) const {
    const std::string& entity = index_.entities().labels[static_cast<std::size_t>(index_.entities().codes[row])];
    return index_.has_time() ? fmt::format("{}, {}", entity, index_.time(row)) : entity;
  }

  void describe_rows() {
    const auto& sorted = index_.sorted();
    for (const std::size_t row : sorted) {
      const auto code = static_cast<std::size_t>(index_.entities().codes[row]);
      result_.entity.push_back(index_.entities().labels[code]);
      if (index_.has_time()) result_.time.push_back(index_.time(row));
    }
    result_.reason.resize(sorted.size());
  }

  /// Numbers of a column, by row of the table; empty after a fault.
  std::vector<double> numbers(const std::string& name, DataFaults& faults) const {
    try {
      const panel::Column& column = table_.column(name);
      if (!column.is_text) return column.numbers;
      faults.add(fmt::format("column '{}' is no column of numbers: {}", name, column.not_a_number()));
    } catch (const InputError& error) {
      faults.add(error.what());
    }
    return {};
  }

  void add_capital() {
    DataFaults faults;
    CapitalRule rule{.investment = numbers(spec_.capital->investment, faults),
                     .deflator = {},
                     .depreciation = spec_.capital->depreciation,
                     .initial = {.rule = spec_.capital->initial, .value = spec_.capital->initial_value, .by_row = {}}};
    if (!spec_.capital->deflator.empty()) rule.deflator = numbers(spec_.capital->deflator, faults);
    if (rule.initial.rule == InitialStockRule::column)
      rule.initial.by_row = numbers(spec_.capital->initial_column, faults);
    faults.raise_if_any();
    const CapitalStock stock = perpetual_inventory(index_, rule);
    capital_ = stock.capital;
    ResultColumn capital{.name = "capital", .mean = Mean::none, .values = {}};
    ResultColumn real{.name = "real_investment", .mean = Mean::none, .values = {}};
    for (std::size_t k = 0; k < index_.sorted().size(); ++k) {
      const std::size_t row = index_.sorted()[k];
      capital.values.push_back(stock.capital[row]);
      real.values.push_back(stock.real_investment[row]);
      if (std::isnan(stock.capital[row])) give_reason(k, "capital: no investment in this year or before");
    }
    result_.columns.push_back(std::move(capital));
    result_.columns.push_back(std::move(real));
    if (table_.find("capital") != nullptr && spec_.capital->initial_column != "capital")
      result_.notes.emplace_back("the input 'capital' is the computed stock, not the column of that name in the data");
  }

  void give_reason(std::size_t row, const std::string& text) {
    std::string& reason = result_.reason[row];
    if (reason.find(text) != std::string::npos) return;
    reason += (reason.empty() ? "" : "; ") + text;
  }

  /// Complete rows by period, then by entity.
  void collect_units() {
    DataFaults faults;
    std::vector<std::vector<double>> columns;
    std::vector<std::string> names = spec_.inputs;
    names.insert(names.end(), spec_.outputs.begin(), spec_.outputs.end());
    for (const std::string& name : names)
      columns.push_back(name == "capital" && spec_.capital ? capital_ : numbers(name, faults));
    faults.raise_if_any();
    const std::size_t m = spec_.inputs.size();
    std::vector<std::size_t> complete;  // places in sorted()
    for (std::size_t k = 0; k < index_.sorted().size(); ++k) {
      const std::size_t row = index_.sorted()[k];
      double inputs = 0.0;
      double outputs = 0.0;
      bool whole = true;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const double value = columns[c][row];
        if (std::isnan(value)) {
          give_reason(k, fmt::format("no value of '{}': not part of the technology", names[c]));
          whole = false;
        } else if (value < 0.0) {
          faults.add(
              fmt::format("{} '{}': {} is negative ({})", c < m ? "input" : "output", names[c], value, place(row)));
        } else {
          (c < m ? inputs : outputs) = std::max(value, c < m ? inputs : outputs);
        }
      }
      if (!whole) continue;
      if (!(inputs > 0.0)) faults.add(fmt::format("no input is positive ({})", place(row)));
      if (!(outputs > 0.0)) faults.add(fmt::format("no output is positive ({})", place(row)));
      complete.push_back(k);
    }
    if (complete.empty()) faults.add("no row has values of all inputs and outputs");
    faults.raise_if_any();
    order_by_period(complete);
    const auto rows = static_cast<Eigen::Index>(places_.size());
    panel_.units = {.inputs = Eigen::ArrayXXd(rows, static_cast<Eigen::Index>(m)),
                    .outputs = Eigen::ArrayXXd(rows, static_cast<Eigen::Index>(columns.size() - m))};
    for (Eigen::Index i = 0; i < rows; ++i) {
      const std::size_t row = index_.sorted()[places_[static_cast<std::size_t>(i)]];
      for (std::size_t c = 0; c < columns.size(); ++c) {
        auto& side = c < m ? panel_.units.inputs : panel_.units.outputs;
        side(i, static_cast<Eigen::Index>(c < m ? c : c - m)) = columns[c][row];
      }
    }
  }

  void order_by_period(std::vector<std::size_t> complete) {
    const auto time = [&](std::size_t k) { return index_.time(index_.sorted()[k]); };
    std::stable_sort(complete.begin(), complete.end(), [&](std::size_t a, std::size_t b) { return time(a) < time(b); });
    for (const std::size_t k : complete) {
      if (periods_.empty() || periods_.back() != time(k)) periods_.push_back(time(k));
      panel_.period.push_back(static_cast<int>(periods_.size()) - 1);
      panel_.entity.push_back(index_.entities().codes[index_.sorted()[k]]);
    }
    places_ = std::move(complete);
    panel_.entities = index_.entities().count();
    panel_.periods = static_cast<int>(periods_.size());
    for (std::size_t p = 1; p < periods_.size(); ++p) {
      if (periods_[p] == periods_[p - 1] + 1) continue;
      result_.notes.emplace_back(
          "some periods of the data are more than one apart: changes are from one period of the data to the next");
      break;
    }
  }

  /// Puts values by row of the panel into a new column by row of the result.
  void add_column(const std::string& name, Mean mean, const std::vector<double>& values) {
    ResultColumn column{.name = name, .mean = mean, .values = std::vector<double>(result_.entity.size(), missing)};
    for (std::size_t i = 0; i < values.size(); ++i) column.values[places_[i]] = values[i];
    result_.columns.push_back(std::move(column));
  }

  /// Scores as a column, with a reason where a program has no optimum.
  std::vector<double> add_scores(const std::string& name, const std::vector<std::optional<Score>>& scores,
                                 bool shown = true) {
    std::vector<double> values(scores.size(), missing);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (!scores[i]) continue;
      values[i] = scores[i]->efficiency;
      if (scores[i]->status == ProgramStatus::infeasible) give_reason(places_[i], name + ": infeasible");
      if (scores[i]->status == ProgramStatus::unbounded) give_reason(places_[i], name + ": unbounded");
      if (scores[i]->status == ProgramStatus::not_solved) give_reason(places_[i], name + ": not solved");
    }
    if (shown) add_column(name, Mean::arithmetic, values);
    return values;
  }

  [[nodiscard]] Measure measure(Returns returns) const { return {spec_.model, spec_.orientation, returns}; }

  void add_scores() {
    const Frontiers frontiers(panel_, spec_.reference);
    std::map<Returns, std::vector<double>> efficiency;
    for (const Returns returns : spec_.returns) {
      const std::string name = fmt::format("efficiency_{}", name_of(returns));
      efficiency[returns] = add_scores(name, frontiers.scores(measure(returns)));
    }
    const auto crs = efficiency.find(Returns::crs);
    const auto vrs = efficiency.find(Returns::vrs);
    if (crs != efficiency.end() && vrs != efficiency.end()) {
      std::vector<double> scale;
      for (std::size_t i = 0; i < crs->second.size(); ++i) scale.push_back(crs->second[i] / vrs->second[i]);
      add_column("scale_efficiency", Mean::arithmetic, scale);
      const auto nirs = efficiency.find(Returns::nirs);
      if (nirs != efficiency.end()) classify_returns(scale, vrs->second, nirs->second);
    }
    if (spec_.super_efficiency) {
      for (const Returns returns : spec_.returns) {
        const std::string name = fmt::format("super_efficiency_{}", name_of(returns));
        add_scores(name, frontiers.super_scores(measure(returns)));
      }
    }
    if (spec_.bootstrap) {
      for (const Returns returns : spec_.returns) add_bootstrap(frontiers, returns, efficiency.at(returns));
    }
    if (index_.has_time()) add_malmquist(frontiers, efficiency);
    if (spec_.slacks) add_slacks(frontiers);
  }

  void classify_returns(const std::vector<double>& scale, const std::vector<double>& vrs,
                        const std::vector<double>& nirs) {
    result_.returns_to_scale.resize(result_.entity.size());
    for (std::size_t i = 0; i < scale.size(); ++i) {
      if (!std::isfinite(scale[i]) || !std::isfinite(nirs[i])) continue;
      const bool constant = scale[i] > 1.0 - same_scale;
      const bool decreasing = std::abs(nirs[i] - vrs[i]) <= same_scale * vrs[i];
      result_.returns_to_scale[places_[i]] = constant ? "crs" : (decreasing ? "drs" : "irs");
    }
  }

  void add_bootstrap(const Frontiers& frontiers, Returns returns, const std::vector<double>& efficiency) {
    std::vector<double> bias(efficiency.size(), missing);
    std::vector<double> corrected = bias;
    std::vector<double> lower = bias;
    std::vector<double> upper = bias;
    const bool pooled = spec_.reference == Reference::pooled;
    const std::vector<std::size_t> starts = panel_.starts();
    const int frontier_count = pooled ? 1 : panel_.periods;
    const int all = spec_.bootstrap->replications * frontier_count * static_cast<int>(spec_.returns.size());
    const std::function<void()> count = [&] { progress_(++replications_, all); };
    for (int p = 0; p < frontier_count; ++p) {
      const auto [begin, end] = frontiers.rows(p);
      const std::size_t first = pooled ? 0 : starts[static_cast<std::size_t>(p)];
      // A unit's score against its own technology; against a sequential one its earlier years are scored anew.
      std::vector<double> own(efficiency.begin() + static_cast<std::ptrdiff_t>(begin),
                              efficiency.begin() + static_cast<std::ptrdiff_t>(end));
      const Units units = frontiers.units(p);
      if (first > begin) {
        const auto again = scores(Technology(units), units, measure(returns));
        for (std::size_t i = 0; i < again.size(); ++i) own[i] = again[i].efficiency;
      }
      BootstrapOptions options = *spec_.bootstrap;
      // The period itself is the key: draws of a year do not depend on which other years there are.
      options.stream = 4 * static_cast<std::uint64_t>(index_.has_time() ? periods_[static_cast<std::size_t>(p)] : 0) +
                       static_cast<std::uint64_t>(returns);
      const Bootstrap found =
          bootstrap(units, measure(returns), own, first - begin, options, progress_ ? count : nullptr);
      for (std::size_t i = first; i < end; ++i) {
        if (found.scores.empty()) {
          give_reason(places_[i], found.reason);
          continue;
        }
        const BootstrapScore& score = found.scores[i - first];
        bias[i] = score.bias;
        corrected[i] = score.corrected;
        lower[i] = score.lower;
        upper[i] = score.upper;
      }
    }
    const std::string name = fmt::format("efficiency_{}", name_of(returns));
    add_column(name + "_corrected", Mean::arithmetic, corrected);
    add_column(name + "_bias", Mean::arithmetic, bias);
    add_column(name + "_lower", Mean::none, lower);
    add_column(name + "_upper", Mean::none, upper);
  }

  [[nodiscard]] int base_period() const {
    if (!spec_.base_year) return 0;
    const auto found = std::find(periods_.begin(), periods_.end(), *spec_.base_year);
    if (found != periods_.end()) return static_cast<int>(found - periods_.begin());
    throw InputError(fmt::format("base_year: {} is no period of the data ({} to {})", *spec_.base_year,
                                 periods_.front(), periods_.back()));
  }

  void add_malmquist(const Frontiers& frontiers, const std::map<Returns, std::vector<double>>& efficiency) {
    const int base = base_period();
    const bool radial = spec_.model == Model::radial;
    if (!radial) result_.notes.emplace_back("distances to other years and Malmquist indices need `model: radial`");
    Distances distances;
    const std::vector<double> none(panel_.period.size(), missing);
    distances = {.own = none, .previous = none, .next = none, .pooled = none, .variable = {}};
    const Measure crs = measure(Returns::crs);
    if (radial) {
      const auto own = efficiency.find(Returns::crs);
      distances.own =
          own != efficiency.end() ? own->second : add_scores("efficiency_crs", frontiers.scores(crs), false);
      if (spec_.reference == Reference::pooled) {
        // One technology: where there is a neighbouring year, its technology is the own one.
        for (std::size_t i = 0; i < none.size(); ++i) {
          if (panel_.period[i] > 0) distances.previous[i] = distances.own[i];
          if (panel_.period[i] + 1 < panel_.periods) distances.next[i] = distances.own[i];
        }
        add_column("distance_previous", Mean::arithmetic, distances.previous);
        add_column("distance_next", Mean::arithmetic, distances.next);
      } else {
        distances.previous = add_scores("distance_previous", frontiers.scores(crs, -1));
        distances.next = add_scores("distance_next", frontiers.scores(crs, 1));
      }
      if (spec_.reference == Reference::global) {
        const Frontiers all(panel_, Reference::pooled);
        distances.pooled = add_scores("distance_global", all.scores(crs));
      }
      const auto vrs = efficiency.find(Returns::vrs);
      if (vrs != efficiency.end()) distances.variable = vrs->second;
    } else {
      add_column("distance_previous", Mean::arithmetic, none);
      add_column("distance_next", Mean::arithmetic, none);
    }
    const Malmquist found = malmquist(panel_, spec_.reference, distances, base);
    add_column("malmquist", Mean::geometric, found.index);
    add_column("efficiency_change", Mean::geometric, found.efficiency);
    add_column("technical_change", Mean::geometric, found.technical);
    add_column("pure_efficiency_change", Mean::geometric, found.pure);
    add_column("scale_change", Mean::geometric, found.scale);
    add_column("tfp_level", Mean::geometric, found.level);
    if (radial) explain_gaps(found, base);
  }

  void explain_gaps(const Malmquist& found, int base) {
    const auto before = panel_.before();
    std::vector<char> in_base(static_cast<std::size_t>(panel_.entities), 0);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (panel_.period[i] == base) in_base[static_cast<std::size_t>(panel_.entity[i])] = 1;
    }
    const auto year = [&](int period) { return periods_[static_cast<std::size_t>(period)]; };
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (panel_.period[i] > 0 && !before[i])
        give_reason(places_[i], fmt::format("not observed in {}: no change from it", year(panel_.period[i] - 1)));
      if (!std::isnan(found.level[i])) continue;
      give_reason(places_[i], in_base[static_cast<std::size_t>(panel_.entity[i])] != 0
                                  ? fmt::format("the chain to {} is broken: no level", year(base))
                                  : fmt::format("not observed in the base year {}: no level", year(base)));
    }
  }

  void add_slacks(const Frontiers& frontiers) {
    bool first = true;
    for (const Returns returns : spec_.returns) {
      const std::vector<Slacks> found = frontiers.slacks(measure(returns));
      const auto column = [&](const std::string& variable, bool input, Eigen::Index k) {
        std::vector<double> values(found.size(), missing);
        for (std::size_t i = 0; i < found.size(); ++i) {
          if (found[i].status == ProgramStatus::optimal) values[i] = input ? found[i].inputs[k] : found[i].outputs[k];
        }
        add_column(fmt::format("slack_{}_{}", name_of(returns), variable), Mean::arithmetic, values);
      };
      for (std::size_t k = 0; k < spec_.inputs.size(); ++k) column(spec_.inputs[k], true, static_cast<Eigen::Index>(k));
      for (std::size_t k = 0; k < spec_.outputs.size(); ++k)
        column(spec_.outputs[k], false, static_cast<Eigen::Index>(k));
      if (!first) continue;
      first = false;
      result_.peers.resize(result_.entity.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        for (const auto& [unit, intensity] : found[i].peers) {
          const std::size_t peer = places_[static_cast<std::size_t>(unit)];
          const bool other_year =
              index_.has_time() && panel_.period[static_cast<std::size_t>(unit)] != panel_.period[i];
          result_.peers[places_[i]].emplace_back(
              other_year ? fmt::format("{} {}", result_.entity[peer], result_.time[peer]) : result_.entity[peer],
              intensity);
        }
      }
    }
  }

  const panel::Table& table_;
  const Specification& spec_;
  const Progress& progress_;
  std::atomic<int> replications_ = 0;
  panel::PanelIndex index_;
  Analysis result_;
  std::vector<double> capital_;  // by row of the table
  PanelUnits panel_;
  std::vector<std::size_t> places_;  // by row of panel_, row of the result
  std::vector<long> periods_;
};

}  // namespace

const ResultColumn* Analysis::find(std::string_view name) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ResultColumn& c) { return c.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

double mean_of(const ResultColumn& column, const std::vector<std::size_t>& rows) {
  double sum = 0.0;
  double count = 0.0;
  for (const std::size_t row : rows) {
    const double value = column.values[row];
    if (!std::isfinite(value)) continue;
    sum += column.mean == Mean::geometric ? std::log(value) : value;
    count += 1.0;
  }
  if (count == 0.0) return missing;
  return column.mean == Mean::geometric ? std::exp(sum / count) : sum / count;
}

Analysis analyse(const panel::Table& table, const Specification& specification,
                 const std::function<void(int done, int all)>& progress) {
  return Analyst(table, specification, progress).run();
}

}  // namespace pericore::productivity
