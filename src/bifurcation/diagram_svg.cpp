#include "bifurcation/diagram_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pericore::bifurcation {
namespace {

constexpr double left_margin = 78.0;
constexpr double right_margin = 24.0;
constexpr double top_margin = 92.0;
constexpr double bottom_margin = 66.0;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else {
      result += c;
    }
  }
  return result;
}

/// Round numbers between `from` and `to`, about `wanted` of them.
std::vector<double> ticks(double from, double to, int wanted) {
  const double rough = (to - from) / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough * 0.999) break;
  }
  std::vector<double> result;
  for (double k = std::ceil(from / step - 1e-9); k * step <= to + 1e-9 * step; k += 1.0) result.push_back(k * step);
  return result;
}

std::string tick_text(double value, double step) {
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  // 0.25 needs one digit more than 0.1.
  const double scaled = step * std::pow(10.0, digits);
  const bool whole = std::abs(scaled - std::round(scaled)) < 1e-9;
  return fmt::format("{:.{}f}", value == 0.0 ? 0.0 : value, whole ? digits : digits + 1);
}

struct Axes {
  double from_x, to_x, from_y, to_y;
  double width, height;  ///< of the drawing [px]
  [[nodiscard]] double x(double p) const {
    return left_margin + (p - from_x) / (to_x - from_x) * (width - left_margin - right_margin);
  }
  [[nodiscard]] double y(double value) const {
    return height - bottom_margin - (value - from_y) / (to_y - from_y) * (height - top_margin - bottom_margin);
  }
};

const char* colour(EventKind kind) {
  switch (kind) {
    case EventKind::branch_point:
      return "#b2182b";
    case EventKind::fold:
      return "#1b7837";
    case EventKind::sustain_point:
      return "#7b3294";
    case EventKind::oscillation:
      break;
  }
  return "#8c510a";
}

std::string event_name(const DiagramEvent& event) {
  if (event.kind == EventKind::branch_point) return event.pattern == Pattern::even ? "break" : "branch";
  if (event.kind == EventKind::sustain_point) return "sustain";
  return to_text(event.kind);
}

}  // namespace

std::string to_svg(const Diagram& diagram, const DiagramOptions& options, const Drawing& drawing) {
  const DiagramBlock& block = diagram.blocks[drawing.block];
  const Eigen::Index place = drawing.place >= 0 ? drawing.place : block.regions.size() == 2 ? 0 : -1;
  const auto value_of = [&](const Eigen::VectorXd& y) {
    return place >= 0 ? share(diagram, y, drawing.block, place) : largest_share(diagram, y, drawing.block);
  };
  std::string quantity = drawing.quantity;
  if (quantity.empty()) {
    const std::string what = block.law == Law::entry ? "firms of " + block.name : block.name;
    quantity = place >= 0 ? fmt::format("share of {} in {} [1]", what, block.regions[static_cast<std::size_t>(place)])
                          : fmt::format("largest regional share of {} [1]", what);
  }
  const Axes axes{
      options.from, options.to, -0.03, 1.03, static_cast<double>(drawing.width), static_cast<double>(drawing.height)};
  const double bottom = axes.height - bottom_margin;
  const double right = axes.width - right_margin;

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      drawing.width, drawing.height);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"26\" font-size=\"17\" font-weight=\"bold\">{}</text>\n", left_margin,
                     escaped(drawing.title));

  // Legend, one line under the title.
  double cursor = left_margin;
  const auto key = [&](const std::string& mark, double mark_width, const std::string& text) {
    svg += fmt::format("<g transform=\"translate({:.1f},46)\">{}</g>\n<text x=\"{:.1f}\" y=\"50\">{}</text>\n", cursor,
                       mark, cursor + mark_width + 7.0, text);
    cursor += mark_width + 7.0 + 7.2 * static_cast<double>(text.size()) + 16.0;
  };
  key(R"(<line x2="30" stroke="#2166ac" stroke-width="3"/>)", 30.0, "stable");
  key(R"(<line x2="30" stroke="#999999" stroke-width="2" stroke-dasharray="6 4"/>)", 30.0, "unstable");
  for (const EventKind kind :
       {EventKind::branch_point, EventKind::sustain_point, EventKind::fold, EventKind::oscillation}) {
    const bool seen = std::any_of(diagram.events.begin(), diagram.events.end(),
                                  [&](const DiagramEvent& event) { return event.kind == kind; });
    if (!seen) continue;
    key(fmt::format(R"(<circle cx="5" r="4.5" fill="{}"/>)", colour(kind)), 10.0,
        kind == EventKind::branch_point ? "break or branch point" : to_text(kind));
  }

  // Grid, ticks and labels of the axes.
  svg += "<g stroke=\"#e6e6e6\" stroke-width=\"1\">\n";
  const std::vector<double> along = ticks(axes.from_x, axes.to_x, 8);
  const std::vector<double> up = ticks(0.0, 1.0, 5);
  for (const double p : along)
    svg += fmt::format("<line x1=\"{0:.2f}\" y1=\"{1:.2f}\" x2=\"{0:.2f}\" y2=\"{2:.2f}\"/>\n", axes.x(p), top_margin,
                       bottom);
  for (const double v : up)
    svg += fmt::format("<line x1=\"{1:.2f}\" y1=\"{0:.2f}\" x2=\"{2:.2f}\" y2=\"{0:.2f}\"/>\n", axes.y(v), left_margin,
                       right);
  svg += "</g>\n<g text-anchor=\"middle\">\n";
  const double step = along.size() > 1 ? along[1] - along[0] : 1.0;
  for (const double p : along)
    svg += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", axes.x(p), bottom + 20.0, tick_text(p, step));
  svg += "</g>\n<g text-anchor=\"end\">\n";
  for (const double v : up)
    svg += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", left_margin - 9.0, axes.y(v) + 4.5,
                       tick_text(v, 0.2));
  svg += "</g>\n";
  svg += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"middle\" font-size=\"14\">{}</text>\n",
                     0.5 * (left_margin + right), axes.height - 18.0, escaped(drawing.parameter));
  svg += fmt::format(
      "<text transform=\"translate(22,{:.2f}) rotate(-90)\" text-anchor=\"middle\" font-size=\"14\">{}</text>\n",
      0.5 * (top_margin + bottom), escaped(quantity));

  // Unstable parts first, so that stable ones lie on top.
  const auto draw = [&](bool stable) {
    svg += stable ? "<g fill=\"none\" stroke=\"#2166ac\" stroke-width=\"3\" stroke-linecap=\"round\" "
                    "stroke-linejoin=\"round\">\n"
                  : "<g fill=\"none\" stroke=\"#999999\" stroke-width=\"2\" stroke-dasharray=\"6 4\" "
                    "stroke-linejoin=\"round\">\n";
    for (const Branch& branch : diagram.branches) {
      std::string line;
      const auto end = [&] {
        if (!line.empty()) svg += "<polyline points=\"" + line + "\"/>\n";
        line.clear();
      };
      for (std::size_t i = 1; i < branch.points.size(); ++i) {
        const DiagramPoint& a = branch.points[i - 1];
        const DiagramPoint& b = branch.points[i];
        // At a critical point itself a rate is zero: the other end of the piece tells.
        const bool here = a.event >= 0 ? b.stable : b.event >= 0 ? a.stable : a.stable && b.stable;
        if (here != stable) {
          end();
          continue;
        }
        if (line.empty()) line = fmt::format("{:.2f},{:.2f}", axes.x(a.parameter), axes.y(value_of(a.y)));
        line += fmt::format(" {:.2f},{:.2f}", axes.x(b.parameter), axes.y(value_of(b.y)));
      }
      end();
    }
    svg += "</g>\n";
  };
  draw(false);
  draw(true);
  svg += fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"none\" stroke=\"#444\"/>\n",
      left_margin, top_margin, right - left_margin, bottom - top_margin);

  // Labels once a value, above the frame; markers on the curves.
  std::vector<const DiagramEvent*> labelled;
  for (const DiagramEvent& event : diagram.events) {
    const bool known = std::any_of(labelled.begin(), labelled.end(), [&](const DiagramEvent* other) {
      return event_name(*other) == event_name(event) &&
             std::abs(other->parameter - event.parameter) < 1e-6 * (options.to - options.from);
    });
    if (!known) labelled.push_back(&event);
  }
  // Where there is no room for all, those of the even spread and of full cores come first.
  const auto rank = [](const DiagramEvent& event) {
    if (event.kind == EventKind::branch_point && event.pattern == Pattern::even) return 0;
    if (event.kind == EventKind::sustain_point && event.pattern == Pattern::core) return 1;
    return event.kind == EventKind::fold ? 2 : 3;
  };
  std::stable_sort(labelled.begin(), labelled.end(), [&](const DiagramEvent* x, const DiagramEvent* y) {
    if (rank(*x) != rank(*y)) return rank(*x) < rank(*y);
    return x->parameter < y->parameter;
  });
  std::vector<std::pair<double, double>> taken[2];  // two rows of labels
  for (const DiagramEvent* event : labelled) {
    const std::string text = fmt::format("{} {:.4f}", event_name(*event), event->parameter);
    const double half = 3.5 * static_cast<double>(text.size());
    const double x = axes.x(event->parameter);
    const double centre = std::clamp(x, left_margin + half - 20.0, right - half);
    int row = 0;
    for (; row < 2; ++row) {
      const bool free = std::none_of(taken[row].begin(), taken[row].end(), [&](const auto& other) {
        return centre - half < other.second + 6.0 && centre + half > other.first - 6.0;
      });
      if (free) break;
    }
    if (row == 2) continue;
    taken[row].emplace_back(centre - half, centre + half);
    svg += fmt::format(
        "<line x1=\"{0:.2f}\" y1=\"{1:.2f}\" x2=\"{0:.2f}\" y2=\"{2:.2f}\" stroke=\"{3}\" "
        "stroke-width=\"1\" stroke-dasharray=\"1 3\"/>\n",
        x, top_margin, bottom, colour(event->kind));
    svg +=
        fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" text-anchor=\"middle\" font-size=\"12\" fill=\"{}\">{}</text>\n",
                    centre, row == 0 ? top_margin - 7.0 : top_margin - 22.0, colour(event->kind), text);
  }
  for (const DiagramEvent& event : diagram.events) {
    svg += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"4.5\" fill=\"{}\" stroke=\"#ffffff\"/>\n",
                       axes.x(event.parameter), axes.y(value_of(event.y)), colour(event.kind));
  }
  return svg + "</svg>\n";
}

}  // namespace pericore::bifurcation
