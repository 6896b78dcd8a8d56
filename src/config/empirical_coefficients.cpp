#include "config/empirical_coefficients.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "config/coefficients.h"
#include "config/read_table.h"
#include "config/sweep_design.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

/// A target and the combination of estimates that is its value.
struct Estimated {
  std::size_t target = 0;
  EstimatedCoefficient coefficient;
};

class Reader {
 public:
  Reader(TargetSet& set, Faults& faults) : set_(set), faults_(faults) {}

  void read() {
    for (std::size_t i = 0; i < set_.targets.size(); ++i) {
      if (!set_.targets[i].coefficient) continue;
      const CoefficientPlace place = coefficient_place(set_, i);
      const Entry* data = place.node.kind == NodeKind::map ? place.node.find("data") : nullptr;
      if (data != nullptr) estimate(i, place, *data);
    }
    // Empirical moments that share a sample are correlated, and their covariance is known within a model.
    for (std::size_t a = 0; a < done_.size(); ++a) {
      for (std::size_t b = a + 1; b < done_.size(); ++b) {
        const double both = covariance(done_[a].coefficient, done_[b].coefficient);
        if (both != 0.0) set_.covariances.push_back({done_[a].target, done_[b].target, both});
      }
    }
  }

 private:
  void estimate(std::size_t target, const CoefficientPlace& place, const Entry& data) {
    const std::string path = join_key(place.path, "data");
    if (data.value.kind != NodeKind::scalar || data.value.text.empty())
      return faults_.add(data.value.place, path, "expected a file, found " + found_text(data.value));
    const fs::path file = path_beside(data.value.place, data.value.text);
    CoefficientEstimates* estimates = estimates_on(file, {data.value.place, path});
    if (estimates == nullptr) return;
    const OwnFaults own(faults_);
    compare::Target& entry = set_.targets[target];
    EstimatedCoefficient found = estimates->find(*entry.coefficient, place);
    if (own.any()) return;
    if (found.parts.empty() || !(found.std_error() > 0.0)) {
      const std::string& why = found.reason;
      return faults_.add(
          data.value.place, path,
          fmt::format("tells no coefficient of model '{}'{}", entry.coefficient->of.model,
                      why.empty() ? found.parts.empty() ? "" : ": its standard error is 0" : ": " + why));
    }
    entry.value = found.value();
    entry.standard_error = found.std_error();
    const econometrics::Estimate& estimate = *found.parts.front().estimate;
    entry.estimated = compare::EmpiricalData{
        .file = data.value.text, .method = estimate.method, .observations = estimate.n_obs.value_or(0)};
    const std::string from =
        fmt::format("estimated from {}, {} observations", entry.estimated->file, entry.estimated->observations);
    entry.source = entry.source.empty() ? from : fmt::format("{}; {}", entry.source, from);
    done_.push_back({target, std::move(found)});
  }

  /// Each file is read once; null where it could not be.
  CoefficientEstimates* estimates_on(const fs::path& file, const NamedAt& named_at) {
    const auto [found, fresh] = on_file_.try_emplace(file);
    if (fresh) {
      const OwnFaults own(faults_);
      panel::Table table = read_table(file, faults_, &named_at);
      if (!own.any()) found->second.emplace([held = std::move(table)] { return held; }, faults_, named_at);
    }
    return found->second ? &*found->second : nullptr;
  }

  TargetSet& set_;
  Faults& faults_;
  std::map<fs::path, std::optional<CoefficientEstimates>> on_file_;
  std::vector<Estimated> done_;
};

}  // namespace

void estimate_from_data(TargetSet& set, Faults& faults) { Reader(set, faults).read(); }

}  // namespace pericore::config
