#include "econometrics/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::econometrics {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "cluster(a, `b,c`)" as a word and its arguments.
struct Call {
  std::string word;
  std::vector<std::string> arguments;
};

Call take_apart(std::string_view text) {
  const std::size_t open = text.find('(');
  Call call{std::string(trimmed(text.substr(0, open))), {}};
  if (open == std::string_view::npos) return call;
  if (text.back() != ')') throw InputError(fmt::format("'{}': ')' is missing", text));
  std::string argument;
  bool quoted = false;
  const auto take = [&] {
    call.arguments.emplace_back(trimmed(argument));
    argument.clear();
  };
  for (const char c : text.substr(open + 1, text.size() - open - 2)) {
    if (c == '`') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      take();
    } else {
      argument += c;
    }
  }
  take();
  return call;
}

std::optional<double> positive_number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0.0) || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<Kernel> kernel_from(std::string_view text) {
  if (text == "bartlett") return Kernel::bartlett;
  if (text == "parzen") return Kernel::parzen;
  if (text == "quadratic_spectral") return Kernel::quadratic_spectral;
  if (text == "uniform") return Kernel::uniform;
  return std::nullopt;
}

void read_kernel_arguments(const Call& call, VcovRequest& request) {
  for (const std::string& argument : call.arguments) {
    if (const auto kernel = kernel_from(argument)) {
      request.kernel = *kernel;
    } else if (const auto bandwidth = positive_number(argument)) {
      request.bandwidth = bandwidth;
    } else {
      throw InputError(
          fmt::format("'{}' in {}: expected a bandwidth in periods or bartlett, parzen, quadratic_spectral, uniform",
                      argument, call.word));
    }
  }
}

void read_spatial_arguments(const Call& call, VcovRequest& request) {
  std::string_view distance = call.arguments.empty() ? std::string_view() : std::string_view(call.arguments[0]);
  const bool in_km = distance.ends_with("km");
  if (in_km) distance = trimmed(distance.substr(0, distance.size() - 2));
  const auto cutoff = positive_number(distance);
  if (!in_km || !cutoff) throw InputError("spatial_hac takes a distance with its unit: spatial_hac(200 km)");
  request.cutoff_km = *cutoff;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const auto kernel = kernel_from(call.arguments[i]);
    const auto periods = positive_number(call.arguments[i]);
    if (kernel == Kernel::bartlett || kernel == Kernel::uniform) {
      request.kernel = *kernel;
    } else if (periods) {
      request.serial_bandwidth = *periods;
    } else {
      throw InputError(
          fmt::format("'{}' in spatial_hac: expected bartlett, uniform or a number of periods", call.arguments[i]));
    }
  }
}

void require_arguments(const Call& call, std::size_t count, std::string_view example) {
  bool filled = call.arguments.size() == count;
  for (const std::string& argument : call.arguments) filled = filled && !argument.empty();
  if (!filled) throw InputError(fmt::format("{} is written {}", call.word, example));
}

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = {
      "pooled", "fixed_effects",  "random_effects", "between",     "first_difference", "tsls",          "iv_gmm",
      "liml",   "difference_gmm", "system_gmm",     "spatial_lag", "spatial_error",    "spatial_durbin"};
  return names;
}

std::string_view to_text(Method method) { return method_names()[static_cast<std::size_t>(method)]; }

std::optional<Method> method_from(std::string_view text) {
  const auto& names = method_names();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Method>(found - names.begin());
}

VcovRequest parse_vcov(std::string_view text) {
  static const std::vector<std::string> words = {"iid",    "hetero", "robust",         "cluster",
                                                 "twoway", "hac",    "driscoll_kraay", "spatial_hac"};
  const Call call = take_apart(trimmed(text));
  VcovRequest request;
  request.columns = call.arguments;
  if (call.word == "iid") {
    require_arguments(call, 0, "iid");
  } else if (call.word == "hetero" || call.word == "robust") {
    require_arguments(call, 0, call.word);
    request.kind = VcovKind::hetero;
    request.robust = call.word == "robust";
  } else if (call.word == "cluster") {
    require_arguments(call, 1, "cluster(city)");
    request.kind = VcovKind::cluster;
  } else if (call.word == "twoway") {
    require_arguments(call, 2, "twoway(city, year)");
    request.kind = VcovKind::two_way;
  } else if (call.word == "hac" || call.word == "driscoll_kraay") {
    request.kind = call.word == "hac" ? VcovKind::hac : VcovKind::driscoll_kraay;
    request.columns.clear();
    read_kernel_arguments(call, request);
  } else if (call.word == "spatial_hac") {
    request.kind = VcovKind::spatial_hac;
    request.columns.clear();
    read_spatial_arguments(call, request);
  } else {
    throw InputError(
        fmt::format("unknown vcov '{}'; allowed: iid, hetero, robust, cluster(city), twoway(city, year), hac(3), "
                    "driscoll_kraay(3), spatial_hac(200 km){}",
                    call.word, did_you_mean(call.word, words)));
  }
  return request;
}

}  // namespace pericore::econometrics
