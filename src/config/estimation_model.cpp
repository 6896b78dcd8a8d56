#include "config/estimation_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/estimation_formula.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

using econometrics::GmmEquation;
using econometrics::Method;
using econometrics::ModelSpec;

/// Reads what is common to the parts of a model: terms that must parse and name columns of the data.
class ModelReader {
 public:
  ModelReader(SpecMap map, const std::vector<std::string>& columns) : map_(std::move(map)), columns_(columns) {}

  EstimationModel read() {
    spec_.name = map_.text("name").value_or("");
    const auto method = map_.word("method");
    if (!map_.has("method") && map_.self().kind == NodeKind::map)
      map_.faults().add(map_.self().place, map_.path("method"),
                        fmt::format("missing key; allowed: {}", fmt::join(map_.row("method").words, ", ")));
    if (method) spec_.method = *econometrics::method_from(*method);
    read_formula_key(method.has_value());
    read_vcov();
    spec_.small = map_.boolean("small");
    if (const auto dof = map_.word("dof"))
      spec_.dof = *dof == "xtreg"    ? econometrics::DofRule::xtreg
                  : *dof == "fixest" ? econometrics::DofRule::fixest
                                     : econometrics::DofRule::xtivreg2;
    spec_.dofminus = map_.integer("dofminus").value_or(0);
    spec_.sdofminus = map_.integer("sdofminus").value_or(0);
    if (const auto word = map_.word("singletons")) spec_.keep_singletons = *word == "keep";
    spec_.partial = term_list("partial");
    read_instrumental();
    read_dynamic();
    read_spatial();
    if (method) refuse_foreign_keys();
    map_.finish();
    return {spec_, formula_, weights_};
  }

 private:
  /// A scalar that should be terms: the text, if it parses and its variables exist.
  bool check_terms(const Node& node, const std::string& text, const std::string& path) {
    const auto terms = read_terms(node, text, path, map_.faults());
    if (!terms) return false;
    std::vector<formula::Mention> mentions;
    formula::collect_mentions(*terms, mentions);
    Node scalar = node;
    scalar.text = text;
    if (!columns_.empty()) require_variables(mentions, columns_, scalar, path, map_.faults());
    return true;
  }

  std::vector<std::string> term_list(std::string_view key) {
    const Node* node = map_.node(key);
    if (node == nullptr) return {};
    std::vector<std::string> texts = map_.texts(key);
    if (node->kind == NodeKind::scalar) {
      check_terms(*node, node->text, map_.path(key));
    } else {
      for (std::size_t i = 0; i < node->items.size(); ++i) {
        if (node->items[i].kind == NodeKind::scalar)
          check_terms(node->items[i], node->items[i].text, join_index(map_.path(key), i));
      }
    }
    return texts;
  }

  void read_formula_key(bool method_known) {
    const std::string text = map_.required_text("formula");
    const Node* node = map_.node("formula");
    if (node == nullptr || node->kind != NodeKind::scalar) return;
    const auto formula = read_formula(*node, map_.path("formula"), map_.faults());
    if (!formula) return;
    formula_ = *formula;
    spec_.formula = text;
    if (!columns_.empty()) require_variables(formula_.mentions(), columns_, *node, map_.path("formula"), map_.faults());
    if (!method_known) return;
    const Method method = spec_.method;
    const std::string_view name = to_text(method);
    if (is_instrumental(method) && formula_.endogenous.empty())
      map_.fault("formula",
                 fmt::format("{} needs a last part 'endogenous ~ instruments': y ~ x | city | z ~ l(z, 1:2)", name));
    if (!is_instrumental(method) && !formula_.endogenous.empty())
      map_.fault("formula", fmt::format("{} takes no part 'endogenous ~ instruments'; tsls, iv_gmm and liml do", name));
    if (method == Method::fixed_effects && formula_.absorbed.empty())
      map_.fault("formula", "fixed_effects needs an effect to absorb: y ~ x | city");
    const bool no_effects = method == Method::pooled || method == Method::random_effects || method == Method::between ||
                            method == Method::first_difference || is_dynamic(method);
    if (no_effects && !formula_.absorbed.empty())
      map_.fault("formula", fmt::format("{} absorbs no effects; year dummies are written i(year)", name));
  }

  void read_vcov() {
    const Node* node = map_.node("vcov");
    const auto text = map_.text("vcov");
    if (!text) {
      // Panel GMM is robust unless told otherwise.
      if (is_dynamic(spec_.method)) spec_.vcov = econometrics::parse_vcov("robust");
      return;
    }
    try {
      spec_.vcov = econometrics::parse_vcov(*text);
    } catch (const InputError& e) {
      map_.fault("vcov", e.what());
      return;
    }
    for (const std::string& column : spec_.vcov.columns) {
      if (columns_.empty() || std::find(columns_.begin(), columns_.end(), column) != columns_.end()) continue;
      const std::size_t at = node->text.find(column);
      map_.faults().add(place_in(*node, at == std::string::npos ? 0 : at), map_.path("vcov"),
                        fmt::format("unknown variable '{}'{}", column, did_you_mean(column, columns_)));
    }
  }

  void read_instrumental() {
    spec_.test_endogeneity = term_list("test_endogeneity");
    spec_.test_orthogonality = term_list("test_orthogonality");
    spec_.fuller = map_.number("fuller");
    spec_.kappa = map_.number("kappa");
    if (const auto steps = map_.word("steps"))
      spec_.steps = *steps == "one"        ? econometrics::Steps::one
                    : *steps == "two"      ? econometrics::Steps::two
                    : *steps == "iterated" ? econometrics::Steps::iterated
                                           : econometrics::Steps::continuous;
    if (map_.has("steps") && ((is_dynamic(spec_.method) && spec_.steps > econometrics::Steps::two) ||
                              (is_instrumental(spec_.method) && spec_.steps == econometrics::Steps::one)))
      map_.fault("steps", fmt::format("'{}' has no meaning with {}", *map_.text("steps"), to_text(spec_.method)));
    check_names("test_endogeneity", spec_.test_endogeneity, {&formula_.endogenous}, "no endogenous regressor");
    check_names("test_orthogonality", spec_.test_orthogonality, {&formula_.exogenous, &formula_.instruments},
                "neither an instrument nor exogenous");
  }

  void check_names(std::string_view key, const std::vector<std::string>& texts,
                   const std::vector<const std::vector<formula::Term>*>& known, std::string_view otherwise) {
    if (spec_.formula.empty()) return;
    for (const std::string& text : texts) {
      std::vector<formula::Term> terms;
      try {
        terms = formula::parse_terms(text);
      } catch (const formula::FormulaError&) {
        continue;  // reported before
      }
      for (const formula::Term& term : terms) {
        std::vector<std::string> names;
        for (const auto* part : known) {
          for (const formula::Term& t : *part) names.push_back(to_text(t));
        }
        if (std::find(names.begin(), names.end(), to_text(term)) == names.end())
          map_.fault(key, fmt::format("'{}' is {}{}", to_text(term), otherwise, did_you_mean(to_text(term), names)));
      }
    }
  }

  GmmEquation read_equation(SpecMap& map) {
    const auto word = map.word("equation");
    return word == "diff" ? GmmEquation::diff : word == "level" ? GmmEquation::level : GmmEquation::both;
  }

  void read_lags(SpecMap& map, econometrics::GmmRequest& request) {
    const Node* lags = map.node("lags");
    if (lags == nullptr) return;
    const std::string path = map.path("lags");
    if (lags->kind != NodeKind::list || lags->items.size() != 2) {
      map.fault("lags", "expected [first, last], such as [2, 4] or [2, max]");
      return;
    }
    const auto whole = [&](const Node& item, std::size_t i) -> std::optional<long> {
      const auto value = spec_number(item, join_index(path, i), map.faults());
      if (!value) return std::nullopt;
      if (*value == static_cast<double>(static_cast<long>(*value)) && std::abs(*value) <= 1000.0)
        return static_cast<long>(*value);
      map.fault_at(item, join_index(path, i), "expected a whole number of periods");
      return std::nullopt;
    };
    request.first_lag = whole(lags->items[0], 0).value_or(1);
    if (lags->items[1].kind != NodeKind::scalar || lags->items[1].text != "max")
      request.last_lag = whole(lags->items[1], 1);
    if (request.last_lag && *request.last_lag < request.first_lag)
      map.fault("lags", fmt::format("the last lag, {}, is before the first, {}", *request.last_lag, request.first_lag));
  }

  void read_dynamic() {
    if (const Node* gmm = map_.node("gmm")) {
      if (gmm->kind != NodeKind::map) {
        map_.fault("gmm", "expected a map of terms: {ln_cr: {lags: [2, 4]}}");
      } else {
        SpecMap terms = map_.below("gmm");
        for (const Entry& entry : gmm->entries) read_gmm_entry(terms, entry);
      }
    }
    if (const Node* iv = map_.node("iv")) {
      if (iv->kind == NodeKind::list) {
        for (std::size_t i = 0; i < iv->items.size(); ++i) {
          if (!read_iv_term(iv->items[i], join_index(map_.path("iv"), i))) read_iv_entry(map_.entry("iv", i));
        }
      } else if (!read_iv_term(*iv, map_.path("iv"))) {
        read_iv_entry(map_.below("iv"));
      }
    }
    if (const auto word = map_.word("transform")) spec_.orthogonal = *word == "orthogonal";
    spec_.weighting = static_cast<int>(map_.integer("weighting").value_or(3));
    if (const auto word = map_.word("constant"))
      spec_.constant = *word == "true"    ? ModelSpec::Constant::level
                       : *word == "false" ? ModelSpec::Constant::none
                                          : ModelSpec::Constant::transformed;
    if (spec_.method == Method::system_gmm && spec_.constant == ModelSpec::Constant::transformed)
      map_.fault("constant", "'transformed' belongs to difference_gmm");
  }

  void read_gmm_entry(SpecMap& terms, const Entry& entry) {
    const std::string path = terms.path(entry.key);
    Node key;
    key.kind = NodeKind::scalar;
    key.place = entry.key_place;
    key.text = entry.key;
    econometrics::GmmRequest request;
    request.term = entry.key;
    if (!check_terms(key, entry.key, path)) return;
    if (entry.value.kind != NodeKind::null) {
      SpecMap map = terms.below(entry.key);
      read_lags(map, request);
      request.collapse = map.boolean("collapse").value_or(false);
      request.equation = read_equation(map);
      map.finish();
    }
    spec_.gmm.push_back(request);
  }

  /// A term that stands for itself. @return whether it is one
  bool read_iv_term(const Node& node, const std::string& path) {
    if (node.kind != NodeKind::scalar) return false;
    if (check_terms(node, node.text, path)) spec_.iv.push_back({{node.text}, GmmEquation::both});
    return true;
  }

  void read_iv_entry(SpecMap map) {
    const Node& node = map.self();
    econometrics::IvRequest request;
    request.terms = map.texts("terms");
    if (const Node* terms = map.node("terms")) {
      if (terms->kind == NodeKind::scalar) check_terms(*terms, terms->text, map.path("terms"));
      for (std::size_t i = 0; i < terms->items.size(); ++i) {
        if (terms->items[i].kind == NodeKind::scalar)
          check_terms(terms->items[i], terms->items[i].text, join_index(map.path("terms"), i));
      }
    } else if (node.kind == NodeKind::map) {
      map.faults().add(node.place, map.path("terms"), "missing key");
    }
    request.equation = read_equation(map);
    map.finish();
    if (!request.terms.empty()) spec_.iv.push_back(request);
  }

  void read_spatial() {
    if (map_.has("lags_of")) spec_.lags_of = term_list("lags_of");
    if (const auto word = map_.word("bias_correction")) spec_.lee_yu = *word == "lee_yu";
    if (const Node* node = map_.node("weights"))
      weights_ = read_weights_spec(*node, map_.path("weights"), map_.faults());
    if (weights_) spec_.standardise_weights = weights_->row_standardise;
    if (is_spatial(spec_.method) && !map_.has("weights"))
      map_.faults().add(map_.self().place, map_.path("weights"),
                        "missing key: {type: inverse_distance, cutoff: 500 km} or another type");
  }

  /// Keys of other methods would be ignored in silence.
  void refuse_foreign_keys() {
    struct Owner {
      std::string_view key;
      bool has_meaning;
      std::string_view of;
    };
    const Method m = spec_.method;
    const bool linear = !is_dynamic(m) && !is_spatial(m);
    const std::vector<Owner> owners = {
        {"partial", linear, "linear and instrumental methods"},
        {"dof", linear, "linear and instrumental methods"},
        {"dofminus", linear, "linear and instrumental methods"},
        {"sdofminus", linear, "linear and instrumental methods"},
        {"singletons", !is_dynamic(m), "methods that absorb effects"},
        {"test_endogeneity", is_instrumental(m), "tsls, iv_gmm and liml"},
        {"test_orthogonality", is_instrumental(m), "tsls, iv_gmm and liml"},
        {"fuller", m == Method::liml, "liml"},
        {"kappa", m == Method::liml, "liml"},
        {"steps", m == Method::iv_gmm || is_dynamic(m), "iv_gmm and panel GMM"},
        {"gmm", is_dynamic(m), "difference_gmm and system_gmm"},
        {"iv", is_dynamic(m), "difference_gmm and system_gmm"},
        {"transform", is_dynamic(m), "difference_gmm and system_gmm"},
        {"weighting", is_dynamic(m), "difference_gmm and system_gmm"},
        {"constant", is_dynamic(m), "difference_gmm and system_gmm"},
        {"weights", is_spatial(m), "spatial methods"},
        {"lags_of", is_spatial(m), "spatial methods"},
        {"bias_correction", is_spatial(m), "spatial methods"},
    };
    for (const Owner& owner : owners) {
      if (!owner.has_meaning && map_.has(owner.key))
        map_.fault(owner.key, fmt::format("has no meaning with {}; it belongs to {}", to_text(m), owner.of));
    }
  }

  SpecMap map_;
  const std::vector<std::string>& columns_;
  ModelSpec spec_;
  formula::Formula formula_;
  std::optional<WeightsSpec> weights_;
};

}  // namespace

EstimationModel read_estimation_model(SpecMap map, const std::vector<std::string>& columns) {
  return ModelReader(std::move(map), columns).read();
}

}  // namespace pericore::config
