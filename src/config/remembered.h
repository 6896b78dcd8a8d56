/// Results built from settings, kept for as long as the keys they were built from stay as they are.
#pragma once

#include <optional>

#include "config/settings.h"

namespace pericore::config {

/// A value that is made anew only where a key differs that was read when it was made. Files are taken to stay as they are.
template <class Value>
class Remembered {
 public:
  /// @param make   what builds the value from the settings; a value made under faults is not kept for later
  /// @param basis  generation of another remembered value that `make` builds on
  template <class Make>
  const Value& get(const Settings& settings, const Make& make, int basis = 0) {
    if (value_ && sound_ && basis == basis_ && settings.agree_with(keys_)) return *value_;
    basis_ = basis;
    ++generation_;
    keys_.clear();
    sound_ = false;
    const std::size_t faults = settings.faults().size();
    const Watch watch(settings, keys_);
    value_.emplace(make());
    sound_ = settings.faults().size() == faults;
    return *value_;
  }

  /// Changes whenever the value is made anew.
  [[nodiscard]] int generation() const { return generation_; }

 private:
  /// Ends when `make` does, however it does.
  class Watch {
   public:
    Watch(const Settings& settings, KeysRead& keys) : settings_(settings) { settings.watch(&keys); }
    ~Watch() { settings_.watch(nullptr); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    const Settings& settings_;
  };

  std::optional<Value> value_;
  KeysRead keys_;
  int generation_ = 0;
  int basis_ = 0;
  bool sound_ = false;
};

}  // namespace pericore::config
