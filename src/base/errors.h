/// What can go wrong, by who can mend it. The exit status of the program follows from the type alone.
#pragma once

#include <stdexcept>
#include <string>

namespace pericore {

/// The user's input is wrong (exit status 2). The text holds one line or block per fault, complete and ready to print.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An argument of a library function is outside its domain: a caller's bug, or a user's number that no check caught.
struct DomainError : std::domain_error {
  using std::domain_error::domain_error;
};

/// The numbers failed: no convergence, infeasible (exit status 3). The text names period, region and market.
struct NumericalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reading or writing failed (exit status 4). The text names the file and the system's reason.
struct IoError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The user interrupted (exit status 130); a resumable state is left behind where one exists.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pericore
