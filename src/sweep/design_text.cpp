#include "sweep/design_text.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/errors.h"

namespace pericore::sweep {
namespace {

using nlohmann::ordered_json;

constexpr int text_format = 1;

template <class... Forms>
struct Overloaded : Forms... {
  using Forms::operator()...;
};

/// JSON has no infinity: a bound that is not there is null.
ordered_json bound(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(); }

double bound(const ordered_json& json, double none) { return json.is_null() ? none : json.get<double>(); }

ordered_json to_json(const design::Scale& scale) {
  return std::visit(
      Overloaded{
          [](const design::Linear& s) {
            return ordered_json{{"type", "linear"}, {"low", s.low}, {"high", s.high}};
          },
          [](const design::Log& s) {
            return ordered_json{{"type", "log"}, {"low", s.low}, {"high", s.high}};
          },
          [](const design::Integer& s) {
            return ordered_json{{"type", "integer"}, {"low", s.low}, {"high", s.high}};
          },
          [](const design::Choice& s) {
            return ordered_json{{"type", "choice"}, {"count", s.count}};
          },
          [](const design::Normal& s) {
            return ordered_json{{"type", "normal"},
                                {"mean", s.mean},
                                {"sd", s.standard_deviation},
                                {"low", bound(s.low)},
                                {"high", bound(s.high)}};
          },
          [](const design::Lognormal& s) {
            return ordered_json{{"type", "lognormal"}, {"log_mean", s.log_mean}, {"log_sd", s.log_standard_deviation}};
          },
          [](const design::Triangular& s) {
            return ordered_json{{"type", "triangular"}, {"low", s.low}, {"mode", s.mode}, {"high", s.high}};
          }},
      scale);
}

design::Scale scale_from(const ordered_json& json) {
  const auto type = json.at("type").get<std::string>();
  const auto number = [&](const char* key) { return json.at(key).get<double>(); };
  if (type == "linear") return design::Linear{number("low"), number("high")};
  if (type == "log") return design::Log{number("low"), number("high")};
  if (type == "integer")
    return design::Integer{json.at("low").get<std::int64_t>(), json.at("high").get<std::int64_t>()};
  if (type == "choice") return design::Choice{json.at("count").get<std::size_t>()};
  if (type == "normal") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return design::Normal{number("mean"), number("sd"), bound(json.at("low"), -infinity),
                          bound(json.at("high"), infinity)};
  }
  if (type == "lognormal") return design::Lognormal{number("log_mean"), number("log_sd")};
  if (type == "triangular") return design::Triangular{number("low"), number("mode"), number("high")};
  throw IoError(fmt::format("unknown scale '{}'", type));
}

const char* to_text(design::Scrambling scrambling) {
  if (scrambling == design::Scrambling::none) return "none";
  return scrambling == design::Scrambling::owen ? "owen" : "digital_shift";
}

design::Scrambling scrambling_from(const ordered_json& json) {
  const auto word = json.at("scrambling").get<std::string>();
  for (const auto scrambling :
       {design::Scrambling::none, design::Scrambling::owen, design::Scrambling::digital_shift}) {
    if (word == to_text(scrambling)) return scrambling;
  }
  throw IoError(fmt::format("unknown scrambling '{}'", word));
}

/// Number of the group of each parameter.
ordered_json to_json(const design::Groups& groups) {
  ordered_json of = ordered_json::array();
  for (std::size_t d = 0; d < groups.dimensions(); ++d) of.push_back(groups.of(d));
  return of;
}

ordered_json options_json(const config::SweepDesign& design) {
  return std::visit(
      Overloaded{
          [](const design::FullFactorial& d) {
            return ordered_json{{"levels", d.levels}, {"centred", d.centred}};
          },
          [](const design::LatinHypercube& d) {
            return ordered_json{{"points", d.runs}, {"centred", d.centred}, {"seed", d.seed}};
          },
          [](const design::MonteCarlo& d) {
            return ordered_json{{"points", d.runs}, {"seed", d.seed}};
          },
          [](const design::Sobol& d) {
            return ordered_json{
                {"points", d.runs}, {"seed", d.seed}, {"skip", d.skip}, {"scrambling", to_text(d.scrambling)}};
          },
          [](const design::Morris& d) {
            return ordered_json{{"trajectories", d.trajectories},
                                {"groups", to_json(d.groups)},
                                {"levels", d.levels},
                                {"seed", d.seed}};
          },
          [](const design::RadialMorris& d) {
            return ordered_json{{"trajectories", d.blocks}, {"seed", d.seed}, {"scrambling", to_text(d.scrambling)}};
          },
          [](const design::Saltelli& d) {
            return ordered_json{{"base_points", d.base_points},
                                {"groups", to_json(d.groups)},
                                {"second_order", d.second_order},
                                {"seed", d.seed},
                                {"skip", d.skip},
                                {"scrambling", to_text(d.scrambling)}};
          },
          [](const config::OneAtATimeLevels& d) {
            return ordered_json{{"levels", d.levels}};
          },
          [](const config::ListedPoints& d) {
            return ordered_json{{"points", d.points}};
          }},
      design);
}

config::SweepDesign design_from(const std::string& type, const ordered_json& json, std::size_t dimensions) {
  const auto count = [&](const char* key) { return json.at(key).get<std::uint64_t>(); };
  const auto counts = [&](const char* key) { return json.at(key).get<std::vector<std::uint64_t>>(); };
  const auto groups = [&] { return design::Groups(json.at("groups").get<std::vector<std::size_t>>()); };
  const auto yes = [&](const char* key) { return json.at(key).get<bool>(); };
  if (type == "grid") return design::FullFactorial{counts("levels"), yes("centred")};
  if (type == "latin_hypercube")
    return design::LatinHypercube{count("points"), dimensions, yes("centred"), count("seed")};
  if (type == "monte_carlo") return design::MonteCarlo{count("points"), dimensions, count("seed")};
  if (type == "sobol")
    return design::Sobol{count("points"), dimensions, count("seed"), count("skip"), scrambling_from(json)};
  if (type == "morris") return design::Morris{count("trajectories"), groups(), count("levels"), count("seed")};
  if (type == "radial_morris")
    return design::RadialMorris{count("trajectories"), dimensions, count("seed"), scrambling_from(json)};
  if (type == "saltelli") {
    return design::Saltelli{count("base_points"), groups(),      yes("second_order"),
                            count("seed"),        count("skip"), scrambling_from(json)};
  }
  if (type == "one_at_a_time") return config::OneAtATimeLevels{counts("levels")};
  if (type == "list") return config::ListedPoints{.values = {}, .points = count("points"), .source = {}};
  throw IoError(fmt::format("unknown design '{}'", type));
}

}  // namespace

std::uint64_t RecordedDesign::points() const {
  const auto* list = std::get_if<config::ListedPoints>(&design);
  return list != nullptr ? list->points : unit_points(design).design->rows();
}

std::string design_text(const Plan& plan) {
  const config::SweepSpec& spec = plan.spec();
  ordered_json parameters = ordered_json::array();
  for (const config::SweepParameter& p : spec.parameters) {
    ordered_json json = {{"name", p.name}, {"keys", p.keys}, {"scale", to_json(p.scale)}, {"numeric", p.numeric}};
    if (!p.labels.empty()) json["labels"] = p.labels;
    parameters.push_back(std::move(json));
  }
  const ordered_json json = {{"pericore_design", text_format},
                             {"type", spec.design_name},
                             {"options", options_json(spec.design)},
                             {"seeds", spec.seeds},
                             {"parameters", std::move(parameters)}};
  return json.dump(1) + "\n";
}

RecordedDesign design_from(std::string_view text) {
  try {
    const ordered_json json = ordered_json::parse(text);
    if (json.at("pericore_design").get<int>() > text_format) throw IoError("written by a newer version of pericore");
    RecordedDesign record;
    json.at("type").get_to(record.type);
    json.at("seeds").get_to(record.seeds);
    for (const ordered_json& p : json.at("parameters")) {
      record.parameters.push_back({.name = p.at("name").get<std::string>(),
                                   .scale = scale_from(p.at("scale")),
                                   .labels = p.value("labels", std::vector<std::string>{}),
                                   .numeric = p.at("numeric").get<bool>()});
    }
    record.design = design_from(record.type, json.at("options"), record.parameters.size());
    static_cast<void>(record.points());
    return record;
  } catch (const std::exception& error) {
    throw IoError(fmt::format("the design of the sweep cannot be read: {}", error.what()));
  }
}

}  // namespace pericore::sweep
