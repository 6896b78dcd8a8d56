#include "config/slurm_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "config/spec_keys.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

std::optional<long> whole(std::string_view text) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0 || value > 1000000)
    return std::nullopt;
  return value;
}

/// "a:b:c" as whole numbers; nothing where one is none.
std::optional<std::vector<long>> fields(std::string_view text) {
  std::vector<long> result;
  while (true) {
    const std::size_t colon = text.find(':');
    const auto value = whole(text.substr(0, colon));
    if (!value) return std::nullopt;
    result.push_back(*value);
    if (colon == std::string_view::npos) return result;
    text.remove_prefix(colon + 1);
  }
}

/// What is wrong with a size of memory; empty if nothing.
std::string memory_fault(std::string_view text) {
  const bool has_unit = !text.empty() && std::string_view("KMGTkmgt").find(text.back()) != std::string_view::npos;
  const auto value = whole(text.substr(0, text.size() - (has_unit ? 1 : 0)));
  if (!value || *value == 0) return fmt::format("'{}' is no size: a whole number with K, M, G or T", text);
  // sbatch takes megabytes, and hardly anybody means those.
  if (!has_unit) return fmt::format("'{0}' has no unit, and Slurm would take megabytes: write {0}G or {0}M", text);
  return {};
}

/// A word that stands in a script as it is.
bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127 && c != '"' && c != '\\'; });
}

bool is_option(std::string_view text) {
  return text.size() > 1 && text.front() == '-' &&
         std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

}  // namespace

std::optional<long> slurm_seconds(std::string_view text) {
  constexpr long minute = 60;
  constexpr long hour = 60 * minute;
  constexpr long day = 24 * hour;
  const std::size_t dash = text.find('-');
  long seconds = 0;
  if (dash != std::string_view::npos) {
    const auto days = whole(text.substr(0, dash));
    const auto rest = fields(text.substr(dash + 1));
    if (!days || !rest || rest->size() > 3) return std::nullopt;
    const long units[] = {hour, minute, 1};
    seconds = *days * day;
    for (std::size_t i = 0; i < rest->size(); ++i) seconds += (*rest)[i] * units[i];
  } else {
    const auto parts = fields(text);
    if (!parts || parts->size() > 3) return std::nullopt;
    if (parts->size() == 1) seconds = (*parts)[0] * minute;
    if (parts->size() == 2) seconds = (*parts)[0] * minute + (*parts)[1];
    if (parts->size() == 3) seconds = (*parts)[0] * hour + (*parts)[1] * minute + (*parts)[2];
  }
  if (seconds <= 0) return std::nullopt;
  return seconds;
}

std::vector<SlurmFault> faults_of(const SlurmSpec& spec) {
  std::vector<SlurmFault> faults;
  const auto limit = slurm_seconds(spec.time);
  if (!spec.time.empty() && !limit)
    faults.push_back({"time", fmt::format("'{}' is no time limit: minutes, HH:MM:SS or D-HH:MM:SS", spec.time)});
  if (!spec.memory.empty() && !memory_fault(spec.memory).empty())
    faults.push_back({"memory", memory_fault(spec.memory)});
  const std::pair<const char*, const std::string*> words[] = {
      {"account", &spec.account}, {"partition", &spec.partition}, {"qos", &spec.qos}};
  for (const auto& [key, text] : words) {
    if (!is_word(*text)) faults.push_back({key, fmt::format("'{}' is no name: it must be one word", *text)});
  }
  if (spec.tasks > 0 && spec.runs_per_task > 0)
    faults.push_back({"runs_per_task", "follows from tasks: give one of the two"});
  if (limit && spec.signal_before >= *limit)
    faults.push_back(
        {"signal_before", fmt::format("{} s leave nothing of a time limit of {} s", spec.signal_before, *limit)});
  for (const std::string& option : spec.options) {
    if (!is_option(option))
      faults.push_back({"options", fmt::format("'{}' is no option of sbatch: they begin with -", option)});
  }
  return faults;
}

SlurmSpec read_slurm_spec(const Node& node, Faults& faults) {
  SpecMap map(node, "slurm", *spec_keys(FileKind::sweep).child("slurm"), faults);
  SlurmSpec spec;
  spec.time = map.text("time").value_or("");
  spec.memory = map.text("memory").value_or("");
  spec.account = map.text("account").value_or("");
  spec.partition = map.text("partition").value_or("");
  spec.qos = map.text("qos").value_or("");
  spec.cpus = map.integer("cpus").value_or(0);
  spec.throttle = map.integer("throttle").value_or(0);
  spec.tasks = map.integer("tasks").value_or(0);
  spec.runs_per_task = map.integer("runs_per_task").value_or(0);
  spec.signal_before = map.integer("signal_before").value_or(0);
  spec.options = map.texts("options");
  map.finish();
  for (const SlurmFault& fault : faults_of(spec)) map.fault(fault.key, fault.message);
  return spec;
}

SlurmSpec merged(SlurmSpec base, const SlurmSpec& over) {
  const auto take = [](auto& mine, const auto& other) {
    if (other != std::decay_t<decltype(other)>{}) mine = other;
  };
  // One of the two on the command line stands against the other in the file.
  if (over.tasks > 0 || over.runs_per_task > 0) base.tasks = base.runs_per_task = 0;
  take(base.time, over.time);
  take(base.memory, over.memory);
  take(base.account, over.account);
  take(base.partition, over.partition);
  take(base.qos, over.qos);
  take(base.cpus, over.cpus);
  take(base.throttle, over.throttle);
  take(base.tasks, over.tasks);
  take(base.runs_per_task, over.runs_per_task);
  take(base.signal_before, over.signal_before);
  base.options.insert(base.options.end(), over.options.begin(), over.options.end());
  return base;
}

}  // namespace pericore::config
