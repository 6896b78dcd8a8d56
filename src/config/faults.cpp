#include "config/faults.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "base/errors.h"

namespace pericore::config {

void Faults::add(const Place& place, std::string_view key, std::string_view message) {
  faults_.push_back({place, std::string(key), std::string(message)});
}

std::string Faults::text() const {
  constexpr std::size_t most_shown = 100;
  const auto order = [](const Fault& fault) {
    const Source* source = fault.place.source.get();
    return std::tuple(source ? source->kind : SourceKind::file,
                      source ? std::string_view(source->name) : std::string_view(), fault.place.line,
                      fault.place.column, std::string_view(fault.key), std::string_view(fault.message));
  };
  std::vector<const Fault*> sorted;
  for (const Fault& fault : faults_) sorted.push_back(&fault);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Fault* a, const Fault* b) { return order(*a) < order(*b); });
  const auto same = [&](const Fault* a, const Fault* b) { return order(*a) == order(*b); };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());

  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), most_shown); ++i) {
    const Fault& fault = *sorted[i];
    const std::string where = place_text(fault.place);
    // `--set seed: seed: ...` would say the same thing twice.
    const bool key_in_place =
        fault.place.source && fault.place.source->kind == SourceKind::option && where.ends_with(" " + fault.key);
    if (!where.empty()) text += where + ": ";
    if (!fault.key.empty() && !key_in_place) text += fault.key + ": ";
    text += fault.message + "\n" + excerpt(fault.place);
  }
  if (sorted.size() > most_shown) text += fmt::format("... and {} more\n", sorted.size() - most_shown);
  if (!text.empty()) text.pop_back();
  return text;
}

void Faults::raise_if_any() const {
  if (!faults_.empty()) throw InputError(text());
}

}  // namespace pericore::config
