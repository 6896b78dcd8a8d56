#include "config/bias_spec.h"

#include <fmt/format.h>

#include "config/document.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"
#include "config/sweep_design.h"
#include "panel/table.h"

namespace pericore::config {
namespace {

Truth read_truth(SpecMap& effect) {
  const Node* node = effect.node("truth");
  if (node == nullptr) {
    effect.faults().add(effect.self().place, effect.path("truth"),
                        "missing key: a number, {parameter: NAME} or {ratio: [METRIC, METRIC]}");
    return 0.0;
  }
  if (node->kind == NodeKind::scalar) return spec_number(*node, effect.path("truth"), effect.faults()).value_or(0.0);
  SpecMap map = effect.below("truth");
  if (node->kind != NodeKind::map) return 0.0;
  const auto parameter = map.text("parameter");
  const Node* ratio = map.node("ratio");
  map.finish();
  if (parameter.has_value() == (ratio != nullptr)) {
    effect.fault("truth", "give one of parameter and ratio");
    return 0.0;
  }
  if (parameter) return TruthParameter{*parameter};
  TruthRatio result;
  if (ratio->kind != NodeKind::list || ratio->items.size() != 2) {
    map.fault("ratio", "expected two metrics, [outcome, regressor], each a name or a pair [with, elsewhere]");
    return result;
  }
  for (std::size_t side = 0; side < 2; ++side) {
    const Node& item = ratio->items[side];
    auto& names = side == 0 ? result.above : result.below;
    if (item.kind == NodeKind::scalar) {
      names.push_back(item.text);
    } else {
      for (const Node& name : item.items) names.push_back(name.text);
    }
    if (names.empty() || names.size() > 2) map.fault("ratio", "a metric is a name or a pair [with, elsewhere]");
  }
  return result;
}

StudiedEffect read_effect(SpecMap map) {
  StudiedEffect effect;
  effect.place = map.self().place;
  if (map.self().kind != NodeKind::map) return effect;
  effect.name = map.required_text("name");
  effect.models = map.texts("models");
  if (!map.has("models"))
    map.faults().add(effect.place, map.path("models"), "missing key: names of models of the sweep's estimates");
  effect.term = map.required_text("term");
  effect.truth = read_truth(map);
  map.finish();
  return effect;
}

}  // namespace

BiasSpec read_bias_spec(const std::filesystem::path& file, Faults& faults) {
  BiasSpec spec;
  const Document document = read_document(file, {}, faults);
  if (!document.complete || document.root.kind != NodeKind::map) return spec;
  SpecMap root(document.root, "", spec_keys(FileKind::study), faults);
  spec.title = root.text("title").value_or("");
  if (const std::string name = root.required_text("sweep"); !name.empty()) {
    spec.sweep = path_beside(root.node("sweep")->place, name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(spec.sweep, ignored))
      root.fault("sweep", fmt::format("cannot open {}", spec.sweep.string()));
  }
  spec.level = root.number("level").value_or(0.95);
  const Node* effects = root.node("effects");
  if (effects == nullptr) {
    faults.add(document.root.place, "effects", "missing key");
  } else if (effects->kind != NodeKind::list || effects->items.empty()) {
    root.fault("effects", "expected a list of effects");
  } else {
    for (std::size_t i = 0; i < effects->items.size(); ++i)
      spec.effects.push_back(read_effect(root.entry("effects", i)));
  }
  root.finish();
  return spec;
}

}  // namespace pericore::config
