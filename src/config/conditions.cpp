#include "config/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "config/build_model.h"
#include "config/build_policies.h"
#include "config/estimation_formula.h"
#include "config/node.h"
#include "formula/evaluate.h"
#include "simulation/figures.h"

namespace pericore::config {
namespace {

using formula::Expression;
using formula::ExpressionKind;
using policy::Cells;
using policy::Figure;
using policy::Figures;

std::string full_name(const std::string& name) { return name == "lq" ? "location_quotient" : name; }

std::optional<Expression> parse(const Settings& settings, const std::string& path) {
  const Node& node = *settings.node(path);
  std::optional<Expression> condition = read_condition(node, path, settings.faults());
  if (!condition) return condition;
  if (const Expression* unfit = formula::find_beyond_row(*condition)) {
    settings.faults().add(place_in(node, unfit->position), path,
                          formula::is_factor(*unfit)
                              ? fmt::format("{} makes dummies, which no condition reads", to_text(*unfit))
                              : fmt::format("{} looks at another year; a condition reads one", to_text(*unfit)));
    return {};
  }
  return condition;
}

/// A column of the regions, kept by the compiled condition.
panel::Column column_of(const geography::RegionTable& table, const std::string& name, Eigen::Index regions) {
  panel::Column column{.name = name, .is_text = false, .numbers = {}, .texts = {}, .unit = ""};
  const auto words = text_columns(table);
  column.is_text = std::find(words.begin(), words.end(), name) != words.end();
  if (column.is_text) {
    const auto texts = geography::text_column(table, name);
    column.texts.assign(texts.begin(), texts.end());
    column.texts.resize(static_cast<std::size_t>(regions));
  } else {
    const Eigen::ArrayXd& numbers = geography::numeric_column(table, name);
    column.numbers.assign(numbers.data(), numbers.data() + numbers.size());
    column.numbers.resize(static_cast<std::size_t>(regions), std::numeric_limits<double>::quiet_NaN());
  }
  return column;
}

/// A condition with the columns it reads: rows are regions, or regions of the first sector, of the second, ...
struct Compiled {
  Expression condition;
  std::vector<panel::Column> columns;
  std::vector<std::pair<std::string, std::string>> variables;  ///< name in the condition, name of the figure
  Eigen::Index regions;
  Eigen::Index sectors;
  bool by_sector;

  [[nodiscard]] panel::Column repeated(const panel::Column& column) const {
    panel::Column all = column;
    const auto once = static_cast<std::size_t>(regions);
    for (Eigen::Index s = 1; by_sector && s < sectors; ++s) {
      if (column.is_text) {
        all.texts.insert(all.texts.end(), column.texts.begin(), column.texts.begin() + static_cast<long>(once));
      } else {
        all.numbers.insert(all.numbers.end(), column.numbers.begin(), column.numbers.begin() + static_cast<long>(once));
      }
    }
    return all;
  }

  [[nodiscard]] panel::Column figure(const std::string& name, const Figure& of) const {
    panel::Column column{.name = name, .is_text = false, .numbers = {}, .texts = {}, .unit = ""};
    for (Eigen::Index s = 0; s < (by_sector ? sectors : 1); ++s) {
      for (Eigen::Index r = 0; r < regions; ++r)
        column.numbers.push_back(of.values(of.by_region ? r : 0, of.by_sector ? s : 0));
    }
    return column;
  }

  [[nodiscard]] Cells cells(const Figures& figures) const {
    panel::Table table(static_cast<std::size_t>(regions * (by_sector ? sectors : 1)));
    for (const panel::Column& column : columns) table.add(repeated(column));
    for (const auto& [name, variable] : variables) table.add(figure(name, figures.find(variable)->second));
    const panel::PanelIndex index(table.row_count());
    const std::vector<char> picked = formula::Evaluator(table, index, "").picks(condition);
    const Eigen::Map<const Cells> found(picked.data(), regions, by_sector ? sectors : 1);
    return by_sector ? Cells(found) : Cells(found.replicate(1, sectors));
  }
};

std::vector<std::string> known_names(const ConditionScope& scope) {
  std::vector<std::string> known = text_columns(scope.table);
  for (const std::string& name : numeric_columns(scope.table)) known.push_back(name);
  if (scope.figures == nullptr) return known;
  for (const auto& [name, figure] : *scope.figures) known.push_back(name);
  known.emplace_back("lq");
  return known;
}

/// A name of a region where a variable should stand.
bool names_region(const std::vector<formula::Mention>& mentions, const geography::RegionTable& table) {
  return mentions.size() == 1 && geography::find_region(table, mentions.front().name).has_value();
}

/// The condition at `path` if it reads nothing but names that are known.
std::optional<Expression> parse_known(const Settings& settings, const std::string& path,
                                      const geography::RegionTable& table, const std::vector<std::string>& known) {
  std::optional<Expression> condition = parse(settings, path);
  if (!condition) return {};
  const Node& node = *settings.node(path);
  std::vector<formula::Mention> mentions;
  formula::collect_mentions(*condition, mentions);
  if (names_region(mentions, table) && condition->kind == ExpressionKind::variable) {
    settings.fault(path, fmt::format("a region is named in a list: [{}]", node.text));
    return {};
  }
  const OwnFaults own(settings.faults());
  require_variables(mentions, known, node, path, settings.faults());
  return own.any() ? std::nullopt : condition;
}

}  // namespace

bool is_condition(const Settings& settings, const std::string& path) {
  const Node* node = settings.node(path);
  return node != nullptr && node->kind == NodeKind::scalar && node->text != "all";
}

void check_condition(const Settings& settings, const std::string& path) { static_cast<void>(parse(settings, path)); }

std::optional<policy::Rule> compile_condition(const Settings& settings, const std::string& path,
                                              const ConditionScope& scope) {
  const std::optional<Expression> condition = parse_known(settings, path, scope.table, known_names(scope));
  if (!condition) return {};
  const Node& node = *settings.node(path);
  std::vector<formula::Mention> mentions;
  formula::collect_mentions(*condition, mentions);

  policy::Rule rule;
  rule.text = node.text;
  auto compiled = std::make_shared<Compiled>(Compiled{*condition, {}, {}, scope.regions, scope.sectors, false});
  std::vector<std::string> seen;
  for (const formula::Mention& mention : mentions) {
    if (std::find(seen.begin(), seen.end(), mention.name) != seen.end()) continue;
    seen.push_back(mention.name);
    const std::string name = full_name(mention.name);
    const auto figure = scope.figures == nullptr ? Figures::const_iterator{} : scope.figures->find(name);
    if (scope.figures != nullptr && figure != scope.figures->end()) {
      rule.by_region = rule.by_region || figure->second.by_region;
      rule.by_sector = rule.by_sector || figure->second.by_sector;
      compiled->variables.emplace_back(mention.name, name);
      if (std::find(rule.variables.begin(), rule.variables.end(), name) == rule.variables.end())
        rule.variables.push_back(name);
    } else {
      rule.by_region = true;
      compiled->columns.push_back(column_of(scope.table, mention.name, scope.regions));
    }
  }
  compiled->by_sector = rule.by_sector;
  rule.cells = [compiled](const Figures& figures) { return compiled->cells(figures); };
  try {
    static_cast<void>(rule.cells(scope.figures != nullptr ? *scope.figures : Figures{}));
  } catch (const InputError& error) {
    settings.fault(path, error.what());
    return {};
  }
  return rule;
}

namespace {

/// Conditions of one model; the base year is solved when first asked for.
class Conditions {
 public:
  Conditions(const Settings& settings, const RegionData& regions, const simulation::Model& model)
      : settings_(settings), regions_(regions), model_(model) {}

  /// Regions that meet the condition in the base year.
  void select(const std::string& path, std::vector<char>& chosen) {
    if (!is_condition(settings_, path)) return;
    const std::optional<policy::Rule> rule = compile(path);
    if (!rule) return;
    if (rule->by_sector) {
      settings_.fault(path, "differs between sectors: regions are chosen by columns and variables by region");
      return;
    }
    const Cells cells = rule->cells(figures_ ? *figures_ : Figures{});
    chosen.assign(static_cast<std::size_t>(cells.rows()), 0);
    for (Eigen::Index r = 0; r < regions_.table.size(); ++r) chosen[static_cast<std::size_t>(r)] = cells(r, 0);
    if (std::none_of(chosen.begin(), chosen.end(), [](char c) { return c != 0; }))
      settings_.fault(path, "no region fits");
  }

  /// Rules read variables, so that they can change their mind.
  void add_rule(const std::string& path, policy::PolicyEntry& entry) {
    if (!settings_.has(path)) return;
    solve();
    std::optional<policy::Rule> rule = compile(path);
    if (!rule) return;
    if (rule->variables.empty()) {
      settings_.fault(path, "reads nothing that changes: as a choice of regions it belongs to `regions`");
      return;
    }
    entry.rule = std::make_shared<const policy::Rule>(std::move(*rule));
  }

 private:
  /// Columns alone first: they need no base year.
  std::optional<policy::Rule> compile(const std::string& path) {
    if (!figures_ && !reads_columns_only(path)) solve();
    return compile_condition(settings_, path, scope());
  }

  [[nodiscard]] bool reads_columns_only(const std::string& path) const {
    const std::optional<Expression> condition = parse(settings_, path);
    if (!condition) return true;
    std::vector<formula::Mention> mentions;
    formula::collect_mentions(*condition, mentions);
    const std::vector<std::string> known = known_names(scope());
    return names_region(mentions, regions_.table) ||
           std::all_of(mentions.begin(), mentions.end(), [&](const formula::Mention& mention) {
             return std::find(known.begin(), known.end(), mention.name) != known.end();
           });
  }

  [[nodiscard]] ConditionScope scope() const {
    const auto& economy = model_.base.economy;
    return {regions_.table, economy.n_regions(), economy.n_sectors(), figures_ ? &*figures_ : nullptr};
  }

  void solve() {
    if (figures_) return;
    figures_ = simulation::base_year_figures(model_, simulation::prepare(model_, simulation::Purpose::base_year));
  }

  const Settings& settings_;
  const RegionData& regions_;
  const simulation::Model& model_;
  std::optional<Figures> figures_;
};

/// Variables that conditions may read, whatever the economy: those of a small one with every class and group that some of them are of.
std::vector<std::string> variable_names() {
  simulation::Model model = parse_model(R"(
base: levels
years: [0, 1]
regions: {count: 2}
geography: {iceberg: 1.5}
factors: {skilled: {kind: labour, stock: 1}}
sectors:
  goods: {class: [manufacturing], entry: free, inputs: {skilled: 1}, budget_share: 0.5}
  services:
    class: [producer_services, high_end, low_end, finance, research]
    entry: free
    inputs: {skilled: 1}
    budget_share: 0.5
diagnostics: {eigenvalues: 0}
)");
  model.agriculture = 0;  // an economy in levels has none by itself
  std::vector<std::string> names = {"lq"};
  for (const auto& [name, figure] :
       simulation::base_year_figures(model, simulation::prepare(model, simulation::Purpose::base_year)))
    names.push_back(name);
  return names;
}

/// What can be told of the conditions of an entry without a base year.
void check_names(const Settings& settings, const std::string& entry, const geography::RegionTable& table) {
  for (const char* key : {".regions", ".origins", ".while"}) {
    if (!is_condition(settings, entry + key)) continue;
    std::vector<std::string> known = variable_names();
    for (const auto& columns : {text_columns(table), numeric_columns(table)})
      known.insert(known.end(), columns.begin(), columns.end());
    static_cast<void>(parse_known(settings, entry + key, table, known));
  }
}

}  // namespace

void add_conditions(const Settings& settings, const RegionData& regions, const simulation::Model& model,
                    const std::vector<EntryList>& lists) {
  const bool base_known = settings.faults().empty();
  Conditions conditions(settings, regions, model);
  for (const auto& [list, kept] : lists) {
    std::vector<policy::PolicyEntry>& entries = *kept;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string entry = join_index(list, i);
      const OwnFaults own(settings.faults());
      if (!base_known) {
        if (regions.sound) check_names(settings, entry, regions.table);
        continue;
      }
      conditions.select(entry + ".regions", entries[i].regions);
      conditions.select(entry + ".origins", entries[i].origins);
      conditions.add_rule(entry + ".while", entries[i]);
      const bool any = is_condition(settings, entry + ".regions") || is_condition(settings, entry + ".origins") ||
                       settings.has(entry + ".while");
      if (any && !own.any()) check_entry(settings, entry, regions, model.base.economy, entries[i]);
    }
  }
}

}  // namespace pericore::config
