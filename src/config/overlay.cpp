#include "config/overlay.h"

#include <fmt/format.h>

#include <sstream>

#include "base/errors.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

/// Texts that name files stay true when read from another folder.
void move_paths(Node& node, const fs::path& folder) {
  for (Node& item : node.items) move_paths(item, folder);
  for (Entry& entry : node.entries) move_paths(entry.value, folder);
  if (node.kind != NodeKind::scalar || node.text.empty() || !node.place.source) return;
  const fs::path file(node.text);
  std::error_code ignored;
  if (file.is_absolute() || !fs::is_regular_file(node.place.source->folder / file, ignored)) return;
  node.text = fs::proximate(node.place.source->folder / file, folder).generic_string();
}

Node& child(Node& map, const std::string& key) {
  if (Entry* entry = map.find(key)) return entry->value;
  map.kind = NodeKind::map;
  map.entries.push_back({.key = key, .key_place = {}, .value = {}});
  return map.entries.back().value;
}

/// Copies the value at a path, or the list on the way to it.
void copy_value(const Node& from, const std::string& path, Node& to, const fs::path& folder) {
  const Node* source = &from;
  Node* target = &to;
  for (const Step& step : parse_key_path(path)) {
    if (source->kind != NodeKind::map) break;
    const Entry* entry = source->find(step.key);
    if (entry == nullptr) return;
    source = &entry->value;
    target = &child(*target, step.key);
  }
  *target = *source;
  move_paths(*target, folder);
}

}  // namespace

std::string overlay_text(const Document& document, const fs::path& scenario, std::span<const Assignment> values,
                         const fs::path& folder, const std::string& comment) {
  Document changed = document;
  Faults faults;
  for (const Assignment& value : values) assign(changed, value, faults);
  faults.raise_if_any();
  Node overlay;
  overlay.kind = NodeKind::map;
  for (const Assignment& value : values) copy_value(changed.root, value.path, overlay, folder);
  std::string text;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);) text += line.empty() ? "#\n" : "# " + line + "\n";
  Node extends;
  extends.kind = NodeKind::map;
  Node& name = child(extends, "extends");
  name.kind = NodeKind::scalar;
  name.text = fs::proximate(scenario, folder).generic_string();
  return text + canonical_yaml(extends) + canonical_yaml(overlay);
}

}  // namespace pericore::config
