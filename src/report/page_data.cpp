#include "report/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/errors.h"
#include "report/packed_numbers.h"
#include "report/page_flows.h"
#include "report/page_policies.h"

namespace pericore::report {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view factor_dimension = "factor";

/// What to keep of a variable. Sums over regions keep a page of many regions small.
enum class Keep { all, sum_of_regions, sum_of_factors };

struct Choice {
  std::string_view name;
  Keep keep = Keep::all;
  std::string_view minus = {};       ///< a variable of the same shape to take off
  std::string_view new_name = {};    ///< of the difference of the two
  std::string_view definition = {};  ///< likewise
};

/// What a page shows of a result. Variables that a result lacks are left out.
constexpr Choice of_run[] = {
    {"employment"},
    {"location_quotient"},
    {"value_added", Keep::sum_of_regions},
    {"firms", Keep::sum_of_regions},
    {.name = "firms_moved_in",
     .minus = "firms_moved_out",
     .new_name = "firms_net_moves",
     .definition = "firms that arrive from other regions less firms that leave for other regions in the year"},
    {"real_gdp"},
    {"gdp_per_head"},
    {"theta"},
    {"theta_nonagri"},
    {"lq_manufacturing_nonagri"},
    {"lq_producer_services_nonagri"},
    {"sagg_high"},
    {"population"},
    {"migrant_population"},
    {"net_migration", Keep::sum_of_factors},
    {"density"},
    {"group_population"},
    {"income_per_head"},
    {"real_income"},
    {"factor_price"},
    {"housing_rent"},
    {"log_price_goods"},
    {"log_price_housing"},
    {"public_capital"},
    {"public_service_output"},
    {"knowledge"},
    {"innovation_index"},
    {"tfp"},
    {"net_fiscal_transfer"},
    {"lever_outlay"},
    {"consumer_price_index"},
    {"certificate_residual"},
    {"certificate_walras"},
    {"certificate_sam_imbalance"},
    {"certificate_budgets"},
    {"certificate_evaluations"},
};

/// Of the differences with welfare.
constexpr Choice of_welfare[] = {
    {"equivalent_variation"},
    {"equivalent_variation_pay", Keep::sum_of_regions},
    {"equivalent_variation_other_income", Keep::sum_of_regions},
    {"equivalent_variation_goods_prices", Keep::sum_of_regions},
    {"equivalent_variation_rents", Keep::sum_of_regions},
    {"equivalent_variation_amenities", Keep::sum_of_regions},
    {"equivalent_variation_public_services", Keep::sum_of_regions},
    {"equivalent_variation_congestion", Keep::sum_of_regions},
    {"equivalent_variation_moving", Keep::sum_of_regions},
    {"equivalent_variation_abroad"},
    {"discount_factor"},
    {"fiscal_outlay"},
    {"fiscal_cost"},
    {"jobs_moved"},
    {"jobs_created"},
    {"gini"},
    {"gini_baseline"},
};

/// Facts of regions, each a column of the list of regions.
constexpr std::string_view region_facts[] = {"region_id", "province", "macro_region", "tier",
                                             "longitude", "latitude", "area",         "policy_target_region"};
constexpr std::string_view sector_facts[] = {"sector_label", "policy_target_sector"};

/// Numbers with their shape, of one variable.
struct Block {
  std::vector<std::string> dimensions;
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// Runs over an array as [outer, extent of the dimension, inner].
struct Split {
  std::size_t outer = 1, extent = 1, inner = 1;
};

Split split_at(const Block& block, std::string_view dimension) {
  Split split;
  const auto found = std::find(block.dimensions.begin(), block.dimensions.end(), dimension);
  const auto position = static_cast<std::size_t>(found - block.dimensions.begin());
  for (std::size_t d = 0; d < block.shape.size(); ++d) {
    (d < position ? split.outer : d == position ? split.extent : split.inner) *= block.shape[d];
  }
  return split;
}

void forget_dimension(Block& block, std::string_view dimension) {
  const auto found = std::find(block.dimensions.begin(), block.dimensions.end(), dimension);
  block.shape.erase(block.shape.begin() + (found - block.dimensions.begin()));
  block.dimensions.erase(found);
}

/// Undefined cells count as nothing; a sum of nothing but them is undefined.
void sum_over(Block& block, std::string_view dimension) {
  const Split split = split_at(block, dimension);
  std::vector<double> sums(split.outer * split.inner, std::nan(""));
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    const double value = block.values[i];
    if (std::isnan(value)) continue;
    double& sum = sums[i / (split.extent * split.inner) * split.inner + i % split.inner];
    sum = std::isnan(sum) ? value : sum + value;
  }
  block.values = std::move(sums);
  forget_dimension(block, dimension);
}

/// Positions along `factor` with a defined number: capital has no income a head.
std::vector<std::size_t> defined_factors(const Block& block) {
  const Split split = split_at(block, factor_dimension);
  std::vector<std::size_t> defined;
  for (std::size_t f = 0; f < split.extent; ++f) {
    bool any = false;
    for (std::size_t o = 0; o < split.outer && !any; ++o) {
      for (std::size_t i = 0; i < split.inner && !any; ++i) {
        any = !std::isnan(block.values[(o * split.extent + f) * split.inner + i]);
      }
    }
    if (any) defined.push_back(f);
  }
  return defined;
}

void pick_factors(Block& block, const std::vector<std::size_t>& factors) {
  const Split split = split_at(block, factor_dimension);
  std::vector<double> picked;
  picked.reserve(split.outer * factors.size() * split.inner);
  for (std::size_t o = 0; o < split.outer; ++o) {
    for (const std::size_t f : factors) {
      const auto first = block.values.begin() + static_cast<std::ptrdiff_t>((o * split.extent + f) * split.inner);
      picked.insert(picked.end(), first, first + static_cast<std::ptrdiff_t>(split.inner));
    }
  }
  block.values = std::move(picked);
  const auto found = std::find(block.dimensions.begin(), block.dimensions.end(), factor_dimension);
  block.shape[static_cast<std::size_t>(found - block.dimensions.begin())] = factors.size();
}

bool has(const Block& block, std::string_view dimension) {
  return std::find(block.dimensions.begin(), block.dimensions.end(), dimension) != block.dimensions.end();
}

Block block_of(const panel::Dataset& panel, const panel::Variable& variable) {
  const auto values = panel.numbers(variable.name);
  return {.dimensions = variable.dimensions,
          .shape = panel.shape(variable),
          .values = std::vector<double>(values.begin(), values.end())};
}

/// A variable of doubles over years and no dimension that a page does not know; else null.
const panel::Variable* showable(const panel::Dataset& panel, std::string_view name) {
  const panel::Variable* variable = panel.find_variable(name);
  if (variable == nullptr || !std::holds_alternative<std::vector<double>>(variable->values)) return nullptr;
  if (variable->dimensions.empty() || variable->dimensions.front() != panel::year_dimension) return nullptr;
  const bool known = std::all_of(variable->dimensions.begin(), variable->dimensions.end(), [](const std::string& d) {
    return d == panel::year_dimension || d == panel::region_dimension || d == "sector" || d == factor_dimension;
  });
  return known ? variable : nullptr;
}

/// The numbers a choice asks for; nothing where the panel has none.
std::optional<Block> chosen_block(const Choice& choice, const panel::Dataset& panel) {
  const panel::Variable* variable = showable(panel, choice.name);
  if (variable == nullptr) return std::nullopt;
  Block block = block_of(panel, *variable);
  if (choice.minus.empty()) return block;
  const panel::Variable* less = showable(panel, choice.minus);
  if (less == nullptr || less->dimensions != variable->dimensions) return std::nullopt;
  const auto taken = panel.numbers(choice.minus);
  for (std::size_t i = 0; i < taken.size(); ++i) block.values[i] -= taken[i];
  return block;
}

/// The dimension a choice sums over; empty where it sums over none or the variable has none such.
std::string_view summed_dimension(const Choice& choice, const Block& block) {
  if (choice.keep == Keep::all) return {};
  const std::string_view dimension = choice.keep == Keep::sum_of_regions ? panel::region_dimension : factor_dimension;
  return has(block, dimension) ? dimension : std::string_view{};
}

/// Adds a variable to the list and its numbers, of the run and less the baseline, to the heap.
void add_variable(ordered_json& list, PackedNumbers& numbers, const Choice& choice, const panel::Dataset& run,
                  const panel::Dataset* baseline) {
  std::optional<Block> block = chosen_block(choice, run);
  if (!block) return;
  std::optional<Block> change = baseline == nullptr ? std::nullopt : chosen_block(choice, *baseline);
  if (change) {
    for (std::size_t i = 0; i < block->values.size(); ++i) change->values[i] = block->values[i] - change->values[i];
  }
  const panel::Variable& variable = run.variable(choice.name);
  ordered_json entry = {{"name", choice.new_name.empty() ? variable.name : choice.new_name},
                        {"unit", variable.unit},
                        {"definition", choice.definition.empty() ? variable.long_name : choice.definition},
                        {"origin", panel::to_text(variable.provenance)}};
  if (const std::string_view dimension = summed_dimension(choice, *block); !dimension.empty()) {
    entry["summed_over"] = dimension;
    sum_over(*block, dimension);
    if (change) sum_over(*change, dimension);
  }
  if (has(*block, factor_dimension)) {
    const std::vector<std::size_t> factors = defined_factors(*block);
    pick_factors(*block, factors);
    if (change) pick_factors(*change, factors);
    entry["factors"] = factors;
  }
  entry["dimensions"] = block->dimensions;
  entry["shape"] = block->shape;
  const std::size_t year = block->values.size() / block->shape.front();
  entry["run"] = numbers.add(block->values, year);
  if (change) entry["difference"] = numbers.add(change->values, year);
  list.push_back(std::move(entry));
}

ordered_json number_or_null(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(); }

ordered_json column(const panel::Variable& variable) {
  ordered_json list = ordered_json::array();
  if (const auto* numbers = std::get_if<std::vector<double>>(&variable.values)) {
    for (const double value : *numbers) list.push_back(number_or_null(value));
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&variable.values)) {
    list = *integers;
  } else {
    list = std::get<std::vector<std::string>>(variable.values);
  }
  return list;
}

/// Labels along a dimension and the facts about each.
ordered_json labels_of(const panel::Dataset& panel, std::string_view dimension,
                       std::span<const std::string_view> facts) {
  ordered_json result = {{"label", ordered_json::array()}};
  const panel::Dimension* found = panel.find_dimension(dimension);
  if (found == nullptr) return result;
  for (std::size_t i = 0; i < found->size; ++i) result["label"].push_back(panel::to_text(panel::label_at(*found, i)));
  for (const std::string_view fact : facts) {
    const panel::Variable* variable = panel.find_variable(fact);
    if (variable != nullptr && variable->dimensions == std::vector<std::string>{std::string(dimension)})
      result[std::string(fact)] = column(*variable);
  }
  return result;
}

ordered_json facts_of(const panel::Dataset& panel) {
  ordered_json facts = ordered_json::object();
  for (const panel::Attribute& attribute : panel.attributes()) {
    std::visit([&](const auto& value) { facts[attribute.name] = value; }, attribute.value);
  }
  return facts;
}

/// Texts that say what was asked and what is assumed. The resolved configuration is long and stays in the result.
ordered_json documents_of(const panel::Dataset& panel) {
  ordered_json documents = ordered_json::object();
  for (const std::string_view name : {"source_1", "calibration"}) {
    if (const std::string* text = panel.find_document(name)) documents[std::string(name)] = *text;
  }
  return documents;
}

}  // namespace

void require_same_dimensions(const panel::Dataset& run, const panel::Dataset& other) {
  for (const panel::Dimension& dimension : run.dimensions()) {
    if (dimension.name.starts_with("firm_")) continue;  // firms one by one differ, and are not shown
    const panel::Dimension* same = other.find_dimension(dimension.name);
    if (same == nullptr || same->size != dimension.size || same->coordinates != dimension.coordinates)
      throw DomainError(fmt::format("they differ in the dimension '{}'", dimension.name));
  }
}

namespace {

/// The parts of the header that belong to a result of a run.
ordered_json run_header(const PageInput& input, PackedNumbers& numbers) {
  const panel::Dataset& run = *input.run;
  for (const std::string_view needed : {panel::year_dimension, panel::region_dimension}) {
    if (run.find_dimension(needed) == nullptr)
      throw DomainError(fmt::format("holds no dimension '{}': not a result of `pericore run`", needed));
  }
  if (input.baseline != nullptr) require_same_dimensions(run, *input.baseline);
  if (input.welfare != nullptr) require_same_dimensions(run, *input.welfare);

  ordered_json variables = ordered_json::array();
  for (const Choice& choice : of_run) add_variable(variables, numbers, choice, run, input.baseline);
  if (input.welfare != nullptr) {
    for (const Choice& choice : of_welfare) add_variable(variables, numbers, choice, *input.welfare, nullptr);
  }
  ordered_json key_numbers = ordered_json::array();
  for (const KeyNumber& number : input.key_numbers) {
    key_numbers.push_back({{"name", number.name},
                           {"unit", number.unit},
                           {"definition", number.definition},
                           {"value", number_or_null(number.value)}});
  }
  return {{"run_name", input.run_name},
          {"baseline_name", input.baseline_name},
          {"has_baseline", input.baseline != nullptr},
          {"has_welfare", input.welfare != nullptr},
          {"years", labels_of(run, panel::year_dimension, {})["label"]},
          {"regions", labels_of(run, panel::region_dimension, region_facts)},
          {"sectors", labels_of(run, "sector", sector_facts)},
          {"factors", labels_of(run, factor_dimension, {})["label"]},
          {"key_numbers", std::move(key_numbers)},
          {"policies", policies_in_force(run, input.baseline)},
          {"flows", flows_on_page(run, input.baseline, numbers)},
          {"facts", facts_of(run)},
          {"documents", documents_of(run)},
          {"variables", std::move(variables)}};
}

ordered_json exhibit_header(const Exhibit& exhibit, PackedNumbers& numbers) {
  ordered_json columns = ordered_json::array();
  for (const Column& column : exhibit.columns) {
    if (column.values.size() != exhibit.columns.front().values.size())
      throw DomainError(
          fmt::format("the columns '{}' and '{}' differ in length", exhibit.columns.front().name, column.name));
    ordered_json entry = {{"name", column.name}, {"unit", column.unit}, {"definition", column.definition}};
    if (!column.labels.empty()) entry["labels"] = column.labels;
    entry["count"] = column.values.size();
    entry["start"] = numbers.add(column.values);
    columns.push_back(std::move(entry));
  }
  return {{"kind", exhibit.kind},
          {"name", exhibit.name},
          {"facts", ordered_json::parse(exhibit.facts)},
          {"columns", std::move(columns)}};
}

}  // namespace

PageData page_data(const PageInput& input) {
  PackedNumbers numbers;
  ordered_json header = {{"page_format", 1}};
  if (input.run != nullptr) header.update(run_header(input, numbers));
  header["exhibits"] = ordered_json::array();
  for (const Exhibit& exhibit : input.exhibits) header["exhibits"].push_back(exhibit_header(exhibit, numbers));
  header["steps"] = ordered_json::array();
  for (const PackedNumbers::Steps& one : numbers.steps()) header["steps"].push_back({one.start, one.count, one.period});
  return {.header = header.dump(), .numbers = numbers.text()};
}

}  // namespace pericore::report
