#include "config/document.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "config/yaml.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 16u << 20;  // [bytes]

/// Follows `extends:`; remembers the files on the way down, to refuse cycles, and those done, to read each once.
class Reader {
 public:
  Reader(Document& document, Faults& faults) : document_(document), faults_(faults) {}

  Node read_file(const fs::path& file, const NamedAt* named_at) {
    std::error_code ignored;
    const fs::path identity = file == "-" ? file : fs::weakly_canonical(file, ignored);
    if (const auto done = done_.find(identity); done != done_.end()) return done->second;
    if (std::find(open_.begin(), open_.end(), identity) != open_.end()) {
      names_.push_back(file.string());
      document_.complete = false;
      faults_.add(named_at->place, named_at->key, fmt::format("a cycle: {}", fmt::join(names_, " -> ")));
      names_.pop_back();
      return {};
    }
    const auto source = read_source(file, largest_file, faults_, named_at);
    if (!source) {
      document_.complete = false;
      return {};
    }
    open_.push_back(identity);
    Node node = read_text(source);
    open_.pop_back();
    done_.emplace(identity, node);
    return node;
  }

  Node read_text(const std::shared_ptr<const Source>& source) {
    document_.sources.push_back(source);
    names_.push_back(source->name);
    const std::size_t faults_before = faults_.size();
    Node node = parse_yaml(source, faults_);
    if (node.kind != NodeKind::map) document_.complete = false;
    if (node.kind != NodeKind::map && faults_.size() == faults_before)
      faults_.add(
          {source, 1, 1}, "",
          node.kind == NodeKind::null ? "the file is empty" : "expected a map of keys, found " + found_text(node));
    Node result;
    result.kind = NodeKind::map;
    result.place = {source, 1, 1};
    for (const Node& base : bases(node)) merge(result, base);
    merge(result, node);
    std::erase_if(result.entries, [](const Entry& entry) { return entry.key == "extends"; });
    result.place = {source, 1, 1};
    names_.pop_back();
    return result;
  }

 private:
  std::vector<Node> bases(const Node& node) {
    const Entry* extends = node.find("extends");
    if (!extends || extends->value.kind == NodeKind::null) return {};
    const bool is_list = extends->value.kind == NodeKind::list;
    std::vector<const Node*> named;
    if (is_list)
      for (const Node& item : extends->value.items) named.push_back(&item);
    else
      named.push_back(&extends->value);

    std::vector<Node> result;
    for (std::size_t i = 0; i < named.size(); ++i) {
      const std::string key = is_list ? join_index("extends", i) : "extends";
      const Node& value = *named[i];
      if (value.kind != NodeKind::scalar) {
        faults_.add(value.place, key, fmt::format("expected the path of a file, found {}", found_text(value)));
        document_.complete = false;
        continue;
      }
      const NamedAt at{value.place, key};
      Node base = read_file((value.place.source->folder / value.text).lexically_normal(), &at);
      if (base.kind == NodeKind::map) result.push_back(std::move(base));
    }
    return result;
  }

  Document& document_;
  Faults& faults_;
  std::vector<fs::path> open_;      ///< canonical paths from the main file to the one being read
  std::vector<std::string> names_;  ///< the same as shown
  std::map<fs::path, Node> done_;
};

std::optional<std::size_t> as_index(std::string_view text) {
  std::size_t index = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc{} || stop != text.data() + text.size()) return {};
  return index;
}

/// The value at `steps`, made where it is missing; null after a fault.
Node* reach(Node& root, const std::vector<Step>& steps, const Place& place, const std::string& path, Faults& faults) {
  Node* node = &root;
  std::string so_far;
  for (const Step& step : steps) {
    const auto index = step.index ? step.index : node->kind == NodeKind::list ? as_index(step.key) : std::nullopt;
    const NodeKind wanted = index ? NodeKind::list : NodeKind::map;
    if (node->kind == NodeKind::null) {
      node->kind = wanted;
      node->place = place;
    }
    if (node->kind != wanted) {
      faults.add(place, path,
                 fmt::format("'{}' is {}, not {}", so_far, found_text(*node), index ? "a list" : "a map of keys"));
      return nullptr;
    }
    if (index) {
      if (*index > node->items.size()) {
        faults.add(place, path, fmt::format("'{}' has {} entries, counted from 0", so_far, node->items.size()));
        return nullptr;
      }
      if (*index == node->items.size()) node->items.emplace_back().place = place;
      node = &node->items[*index];
      so_far = join_index(so_far, *index);
    } else {
      if (!node->find(step.key)) {
        Node fresh;
        fresh.place = place;
        node->entries.push_back({step.key, place, std::move(fresh)});
      }
      Entry* entry = node->find(step.key);
      entry->key_place = place;
      node = &entry->value;
      so_far = join_key(so_far, step.key);
    }
  }
  return node;
}

void apply_option(Document& document, const std::string& option, Faults& faults) {
  const std::size_t equals = option.find('=');
  const std::string path = option.substr(0, equals);
  const auto make = [&](std::string value) {
    return make_source(SourceKind::option, "--set " + path, {}, std::move(value));
  };
  const std::vector<Step> steps = parse_key_path(path);
  if (equals == std::string::npos || steps.empty()) {
    faults.add({make({}), 1, 1}, "", fmt::format("expected key.path=value, found {}", shown(option)));
    return;
  }
  const auto source = make(option.substr(equals + 1));
  if (steps.front().key == "extends") {
    faults.add({source, 1, 1}, "extends", "cannot be set by an option; write it in the file");
    return;
  }
  if (first_invalid_utf8(source->text) < source->text.size()) {
    faults.add({source, 1, 1}, path, "the value is not UTF-8");
    return;
  }
  const std::size_t faults_before = faults.size();
  Node value = parse_yaml(source, faults);
  if (faults.size() > faults_before) return;
  value.place = {source, 1, 1};
  if (Node* target = reach(document.root, steps, value.place, path, faults)) {
    *target = std::move(value);
    document.sources.push_back(source);
  }
}

void apply_options(Document& document, std::span<const std::string> options, Faults& faults) {
  for (const std::string& option : options) apply_option(document, option, faults);
}

}  // namespace

void assign(Document& document, const Assignment& assignment, Faults& faults) {
  const std::vector<Step> steps = parse_key_path(assignment.path);
  if (steps.empty() || steps.front().key == "extends") {
    faults.add(assignment.value.place, assignment.path,
               steps.empty() ? "not a key path" : "cannot be set from outside; write it in the file");
    return;
  }
  if (Node* target = reach(document.root, steps, assignment.value.place, assignment.path, faults))
    *target = assignment.value;
}

Document read_document(const std::filesystem::path& file, std::span<const std::string> options, Faults& faults) {
  Document document;
  document.root = Reader(document, faults).read_file(file, nullptr);
  if (document.root.kind == NodeKind::map) apply_options(document, options, faults);
  return document;
}

Document parse_document(std::string text, std::string name, const std::filesystem::path& folder,
                        std::span<const std::string> options, Faults& faults) {
  Document document;
  const auto source = make_source(SourceKind::file, std::move(name), folder, std::move(text));
  document.root = Reader(document, faults).read_text(source);
  apply_options(document, options, faults);
  return document;
}

}  // namespace pericore::config
