#include "config/yaml.h"

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace pericore::config {
namespace {

constexpr std::size_t deepest_nesting = 64;
constexpr std::size_t most_values =
    1'000'000;  ///< with aliases written out: a small file could otherwise fill the memory

/// Leaves the parser after a fault that makes the rest of the file meaningless; the fault is already recorded.
struct Stop {};

/// Builds our tree from the parser's events, which come before yaml-cpp would merge or drop anything.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const Source> source, Faults& faults) : source_(std::move(source)), faults_(faults) {}

  [[nodiscard]] Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) stop(place(mark), "a second YAML document begins; a file holds one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = place(mark);
    // The mark of an empty value is that of whatever comes next.
    if (!frames_.empty() && frames_.back().has_key) node.place = frames_.back().key_place;
    complete(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) stop(place(mark), "an alias stands inside the value it repeats");
    count_ += size(known->second);
    if (count_ > most_values) stop(place(mark), "aliases multiply to more than a million values");
    if (frames_.size() + depth(known->second) > deepest_nesting) too_deep(place(mark));
    complete(known->second, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.kind = NodeKind::scalar;
    node.place = place(mark);
    node.text = value;
    node.quoted = tag == "!";
    refuse_tag(node.place, tag);
    complete(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map under construction.
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  ///< a key was read, its value comes next
    bool drop = false;     ///< the key was faulty: its value is read and forgotten
    std::string key;
    Place key_place;
    std::map<std::string, int> lines;  ///< line of each key, to name the first of two
  };

  [[nodiscard]] Place place(const YAML::Mark& mark) const {
    return mark.is_null() ? Place{source_, 1, 1} : Place{source_, mark.line + 1, mark.column + 1};
  }
  [[noreturn]] void stop(const Place& where, std::string_view message) {
    faults_.add(where, "", message);
    throw Stop{};
  }
  [[noreturn]] void too_deep(const Place& where) {
    stop(where, fmt::format("nested deeper than {} levels", deepest_nesting));
  }
  static std::size_t size(const Node& node) {
    std::size_t n = 1;
    for (const Node& item : node.items) n += size(item);
    for (const Entry& entry : node.entries) n += size(entry.value);
    return n;
  }
  static std::size_t depth(const Node& node) {
    std::size_t below = 0;
    for (const Node& item : node.items) below = std::max(below, depth(item));
    for (const Entry& entry : node.entries) below = std::max(below, depth(entry.value));
    return below + 1;
  }
  void refuse_tag(const Place& where, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      faults_.add(where, "", fmt::format("tag {} is not used here; remove it", shown(tag)));
  }
  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (frames_.size() >= deepest_nesting) too_deep(place(mark));
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = place(mark);
    frame.anchor = anchor;
    refuse_tag(frame.node.place, tag);
    frames_.push_back(std::move(frame));
  }
  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    complete(std::move(frame.node), frame.anchor);
  }
  void complete(Node node, YAML::anchor_t anchor) {
    if (++count_ > most_values) stop(node.place, "more than a million values");
    if (anchor != 0) anchors_[anchor] = node;
    if (frames_.empty()) {
      root_ = std::move(node);
    } else if (Frame& frame = frames_.back(); frame.node.kind == NodeKind::list) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      read_key(frame, node);
    } else {
      frame.has_key = false;
      if (!frame.drop)
        frame.node.entries.push_back({std::move(frame.key), std::move(frame.key_place), std::move(node)});
    }
  }
  void read_key(Frame& frame, const Node& node) {
    frame.has_key = true;
    frame.drop = true;
    frame.key = node.text;
    frame.key_place = node.place;
    if (node.kind != NodeKind::scalar) {
      faults_.add(node.place, "", fmt::format("a key must be a word, found {}", found_text(node)));
    } else if (node.text == "<<" && !node.quoted) {
      faults_.add(node.place, "", "merge keys ('<<') are not supported; use 'extends:' or write the keys out");
    } else if (const auto [first, is_new] = frame.lines.emplace(node.text, node.place.line); !is_new) {
      faults_.add(node.place, "",
                  fmt::format("duplicate key {}, first given in line {}", shown(node.text), first->second));
    } else {
      frame.drop = false;
    }
  }

  std::shared_ptr<const Source> source_;
  Faults& faults_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t count_ = 0;
  int documents_ = 0;
  Node root_;
};

/// The parser's own words are terse; a tab in the indentation is what most often lies behind them.
std::string syntax_message(const Source& source, int line, const std::string& parser_message) {
  for (const int candidate : {line, line - 1}) {
    const std::string_view text = source.line(candidate);
    const std::size_t indentation = std::min(text.find_first_not_of(" \t"), text.size());
    if (text.substr(0, indentation).find('\t') != std::string_view::npos)
      return fmt::format("a tab in the indentation{}; use spaces", candidate == line ? "" : " of the line above");
  }
  // `{key: policies[0].size}`: inside of braces a bracket begins a list.
  const bool in_braces = parser_message.find("flow") != std::string::npos;
  return "not valid YAML: " + parser_message +
         (in_braces ? "; inside { } and [ ] put texts that hold any of , [ ] { } in quotes" : "");
}

}  // namespace

Node parse_yaml(const std::shared_ptr<const Source>& source, Faults& faults) {
  TreeBuilder builder(source, faults);
  try {
    std::istringstream stream(source->text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Stop&) {
  } catch (const YAML::Exception& error) {
    const int line = error.mark.is_null() ? 1 : error.mark.line + 1;
    const int column = error.mark.is_null() ? 1 : error.mark.column + 1;
    faults.add({source, line, column}, "", syntax_message(*source, line, error.msg));
  }
  return {};
}

}  // namespace pericore::config
