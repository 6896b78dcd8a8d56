#include "config/estimation_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/document.h"
#include "config/estimation_formula.h"
#include "config/estimation_model.h"
#include "config/read_table.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

/// A key that names a column.
std::string column_key(SpecMap& map, std::string_view key, const std::vector<std::string>& columns) {
  const auto name = map.text(key);
  if (!name) return {};
  if (!columns.empty() && std::find(columns.begin(), columns.end(), *name) == columns.end())
    map.fault(key, fmt::format("unknown variable '{}'{}", *name, did_you_mean(*name, columns)));
  return *name;
}

void read_panel(SpecMap& root, const std::vector<std::string>& columns, econometrics::EstimationJob& job) {
  const Node* node = root.node("panel");
  if (node == nullptr) return;
  SpecMap panel = root.below("panel");
  job.entity = column_key(panel, "entity", columns);
  job.time = column_key(panel, "time", columns);
  if (node->kind == NodeKind::map && !panel.has("entity"))
    root.faults().add(node->place, panel.path("entity"), "missing key");
  const std::vector<std::string> coordinates = panel.texts("coordinates");
  if (panel.has("coordinates")) {
    if (coordinates.size() != 2) {
      panel.fault("coordinates", "expected two columns, [latitude, longitude]");
    } else {
      for (const std::string& name : coordinates) {
        if (!columns.empty() && std::find(columns.begin(), columns.end(), name) == columns.end())
          panel.fault("coordinates", fmt::format("unknown variable '{}'{}", name, did_you_mean(name, columns)));
      }
      job.latitude = coordinates[0];
      job.longitude = coordinates[1];
    }
  }
  panel.finish();
}

/// Data of a job: as its specification names them, or what is given instead.
using DataSource = std::variant<std::monostate, std::filesystem::path, panel::Table>;

void read_data(SpecMap& root, DataSource instead, econometrics::EstimationJob& job) {
  const auto named = root.text("data");
  if (const auto* file = std::get_if<std::filesystem::path>(&instead)) {
    job.table = read_table(*file, root.faults());
    return;
  }
  if (auto* table = std::get_if<panel::Table>(&instead)) {
    job.table = std::move(*table);
    return;
  }
  if (!named) {
    if (!root.has("data") && root.self().kind == NodeKind::map)
      root.faults().add(root.self().place, "data", "missing key; or name the data with --data");
    return;
  }
  const Place place = root.node("data")->place;
  const NamedAt at{place, "data"};
  const std::filesystem::path file(*named);
  const bool as_it_is = *named == "-" || file.is_absolute() || !place.source;
  job.table = read_table(as_it_is ? file : place.source->folder / file, root.faults(), &at);
}

/// A panel whose keys repeat or are missing cannot be indexed.
void check_index(SpecMap& root, const econometrics::EstimationJob& job) {
  if (!root.faults().empty() || job.entity.empty() || job.table.row_count() == 0) return;
  try {
    if (job.time.empty()) {
      (void)panel::PanelIndex(job.table, job.entity);
    } else {
      (void)panel::PanelIndex(job.table, job.entity, job.time);
    }
  } catch (const InputError& e) {
    root.fault("panel", e.what());
  }
}

/// Coordinates of each entity, from its first row that has them.
Eigen::ArrayXd entity_coordinates(const econometrics::EstimationJob& job, const std::string& name,
                                  const panel::Coding& entities, SpecMap& root) {
  Eigen::ArrayXd values = Eigen::ArrayXd::Constant(entities.count(), std::numeric_limits<double>::quiet_NaN());
  if (name.empty()) return values;
  const panel::Column& column = job.table.column(name);
  if (column.is_text) {
    root.fault("panel", fmt::format("coordinates: column '{}' holds texts", name));
    return values;
  }
  for (std::size_t row = 0; row < job.table.row_count(); ++row) {
    double& value = values[entities.codes[row]];
    const double here = column.numbers[row];
    if (std::isnan(value)) {
      value = here;
    } else if (!std::isnan(here) && here != value) {
      root.fault("panel", fmt::format("coordinates: '{}' changes within {} '{}'", name, job.entity,
                                      entities.labels[static_cast<std::size_t>(entities.codes[row])]));
      return values;
    }
  }
  return values;
}

/// Weights between all entities of the data, for each model that asks for them.
void build_all_weights(SpecMap& root, const std::vector<std::optional<WeightsSpec>>& weights,
                       econometrics::EstimationJob& job) {
  const bool any = std::any_of(weights.begin(), weights.end(), [](const auto& w) { return w.has_value(); });
  if (!any || !root.faults().empty() || job.table.row_count() == 0) return;
  if (job.entity.empty()) {
    root.faults().add(root.self().place, "panel", "spatial models need 'panel: {entity: ...}'");
    return;
  }
  const panel::Coding entities = panel::code(job.table.column(job.entity));
  const Eigen::ArrayXd latitude = entity_coordinates(job, job.latitude, entities, root);
  const Eigen::ArrayXd longitude = entity_coordinates(job, job.longitude, entities, root);
  for (std::size_t m = 0; m < weights.size(); ++m) {
    if (!weights[m]) continue;
    auto built = build_weights(*weights[m], entities.labels, latitude, longitude, root.faults());
    if (built) job.models[m].weights = std::make_shared<const geography::WeightMatrix>(std::move(*built));
  }
}

econometrics::EstimationJob read_job(const std::filesystem::path& spec, DataSource data, Faults& faults) {
  econometrics::EstimationJob job;
  const Document document = read_document(spec, {}, faults);
  if (!document.complete) return job;
  SpecMap root(document.root, "", spec_keys(FileKind::estimation), faults);
  read_data(root, std::move(data), job);
  const std::vector<std::string> columns = job.table.names();
  read_panel(root, columns, job);
  if (const Node* node = root.node("sample")) {
    if (node->kind != NodeKind::scalar) {
      root.fault("sample", "expected a condition, found " + found_text(*node));
    } else if (const auto condition = read_condition(*node, "sample", faults)) {
      std::vector<formula::Mention> mentions;
      formula::collect_mentions(*condition, mentions);
      if (!columns.empty()) require_variables(mentions, columns, *node, "sample", faults);
      job.sample = condition;
    }
  }
  job.by = column_key(root, "by", columns);
  std::vector<std::optional<WeightsSpec>> weights;
  const Node* models = root.node("models");
  if (models == nullptr) {
    if (document.root.kind == NodeKind::map) faults.add(document.root.place, "models", "missing key");
  } else if (models->kind != NodeKind::list || models->items.empty()) {
    root.fault("models", "expected a list of models");
  } else {
    for (std::size_t m = 0; m < models->items.size(); ++m) {
      EstimationModel model = read_estimation_model(root.entry("models", m), columns);
      job.models.push_back(std::move(model.spec));
      job.formulas.push_back(std::move(model.formula));
      weights.push_back(std::move(model.weights));
    }
  }
  root.finish();
  check_index(root, job);
  build_all_weights(root, weights, job);
  return job;
}

}  // namespace

econometrics::EstimationJob read_estimation_job(const std::filesystem::path& spec,
                                                const std::optional<std::filesystem::path>& data, Faults& faults) {
  return read_job(spec, data ? DataSource(*data) : DataSource(), faults);
}

econometrics::EstimationJob read_estimation_job(const std::filesystem::path& spec, panel::Table data, Faults& faults) {
  return read_job(spec, std::move(data), faults);
}

}  // namespace pericore::config
